//! The one integration test target: scenarios and suites live in modules beside this file, what they stand on in `support`.

#[cfg(test)]
mod architecture;
#[cfg(test)]
mod ci;
#[cfg(test)]
mod conformance;
#[cfg(test)]
mod docs;
#[cfg(test)]
mod fakes;
#[cfg(test)]
mod packaging;
#[cfg(test)]
mod planning;
#[cfg(test)]
mod scenarios;
#[cfg(test)]
mod security;
#[cfg(test)]
mod seeing;
#[cfg(test)]
mod setup;
#[cfg(test)]
#[allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "support offers more than the scenarios of the moment use"
)]
mod support;

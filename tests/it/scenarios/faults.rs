//! Every fault we can produce, tried at every place where it can happen, and counted: `docs/reliability.md` is the tally.

mod answers;
mod crash;
mod limits;
mod listings;
mod races;
mod story;

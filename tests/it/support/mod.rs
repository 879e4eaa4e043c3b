//! What tests stand on: stateful fakes of the services, and the vendors' descriptions that keep the fakes and us honest.
//! Nothing here imports the crate under test: the fakes are an independent reading of the vendors' documents.

pub mod contract;
pub mod fake;

//! What tests stand on: stateful fakes of the services, and the vendors' descriptions that keep the fakes and us honest.
//! The fakes import nothing of the crate under test: they are an independent reading of the vendors' documents. Only
//! `player`, `world` and `gate`, which set a story's stage, know it.

pub mod contract;
pub mod fake;
pub mod gate;
pub mod page;
pub mod player;
pub mod reliability;
pub mod runner;
pub mod tally;
pub mod world;

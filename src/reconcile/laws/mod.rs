//! Laws by brute force: runs over imaginary trackers, decided and carried out by the real code.

mod bench;
mod checks;
mod crashes;
mod edits;
mod files;
mod histories;
mod lives;
mod store;
mod talk;
mod terms;

//! Laws by brute force: runs over imaginary trackers, decided and carried out by the real code.

mod bench;
mod breakage;
mod checks;
mod crashes;
mod damage;
mod deeds;
mod edits;
mod files;
mod forgeries;
mod histories;
mod line;
mod lives;
mod loops;
mod mirrors;
mod overwritten;
mod people;
mod profiles;
mod races;
mod setup;
mod store;
mod talk;
mod terms;
mod twins;
mod writes;

//! What people get to see of a run: every link with its state, the drift table, the page.

mod links;
mod pages;
mod printing;
mod status;
mod words;

//! Laws of markers and of bodies taken apart.

mod bodies;
mod markers;
mod samples;

//! Tests of what needs more than one part.

mod events;

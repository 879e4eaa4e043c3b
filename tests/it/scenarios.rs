//! Stories: what people do on both sides, what a run makes of it, and that nothing is left to do afterwards.

mod costs;
mod creating;

/// Everything is selected, both ways.
const BOTH_WAYS: &str = "create: { left: { state: all }, right: { state: all } }";

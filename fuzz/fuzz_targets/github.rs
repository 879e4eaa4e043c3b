//! GitHub's answers: what they say is what the model says.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lockstep::fuzzing::github(bytes));

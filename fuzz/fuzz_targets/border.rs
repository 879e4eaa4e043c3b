//! The text border: what crosses comes home, and nothing runs where it is stored.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lockstep::fuzzing::border(bytes));

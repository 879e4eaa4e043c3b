//! The mapping file: valid, or problems that name a place in it and show no secret.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lockstep::fuzzing::mapping(bytes));

//! Files of a folder: read, changed and read again.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lockstep::fuzzing::folder(bytes));

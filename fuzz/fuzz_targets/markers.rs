//! Markers and bodies: what is read comes back, and nothing that was not signed is trusted.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lockstep::fuzzing::markers(bytes));

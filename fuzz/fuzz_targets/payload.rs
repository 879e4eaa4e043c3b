//! Payloads of events and webhooks: what they say is a hint, and nobody acts on their words.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lockstep::fuzzing::payload(bytes));

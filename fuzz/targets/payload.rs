#![no_main]
use quorate_fuzz::payloads::PAYLOADS as TARGET;

libfuzzer_sys::fuzz_target!(init: TARGET.plant(), |data: &[u8]| (TARGET.read)(data));

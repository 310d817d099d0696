//! The shop over real sockets: every knob changes what a client sees, and bad input changes nothing.

mod faults;
mod input;
mod journeys;
mod knobs;
mod started;

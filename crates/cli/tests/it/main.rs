//! The program as people and programs meet it: words in, streams and exit codes out.
#![cfg(test)]

mod ceremonies;
mod demo;
mod homes;
mod kit;
mod relay;
mod words;

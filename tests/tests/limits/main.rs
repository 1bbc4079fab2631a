//! `rate`, `concurrency` and the number of running calls, in every way in which a call comes.

mod annotations;
mod batches;
mod calls;
mod rates;
mod server;
mod times;

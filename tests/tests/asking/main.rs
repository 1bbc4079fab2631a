//! Functions that ask: the same one in every setting, with the same answers and the same result.

mod answers;
mod ends;
mod functions;
mod lines;
mod settings;
mod streams;
mod waiting;

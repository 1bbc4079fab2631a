//! What the black-box tests share.

pub mod process;
pub mod raw;
pub mod wire;

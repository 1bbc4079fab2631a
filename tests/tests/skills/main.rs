//! Skills: what clients of each revision see of a folder, and what is wrong with one.

mod disk;
mod problems;
mod served;

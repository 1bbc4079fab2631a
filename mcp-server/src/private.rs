//! What generated code may name. Not public interface: it changes with the macros, without notice.

pub use inventory;

pub use crate::{
    catalog::{
        ToolDescriptor, ToolOutput,
        descriptor::{Approval, ApprovalLevel, ArgumentRules, Glue, Rate, Rules},
        input::{FromCall, Input},
        Handled, Invocation,
    },
    error::{Place, ToolError},
    protocol::tools::{Hints, ToolResult},
};

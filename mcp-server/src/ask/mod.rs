//! Questions to the client: a form or a page for its user, something for its model, its roots.
//!
//! Takes what a running function wants to know, gives the answer, or says that there is none. What becomes of a question
//! that has no answer yet is the call's [way](crate::call::Way): the function doesn't know it. What has to outlast a
//! question travels through the client, sealed: it comes back for the same request of the same principal, unchanged and
//! in time, or not at all. Knows nothing of revisions and sessions.

mod asking;
mod ctx;
mod digest;
mod error;
pub(crate) mod form;
mod keys;
mod once;
mod parking;
mod seal;
mod step;

pub(crate) use asking::{Reply, ask};
pub(crate) use ctx::elicit;
pub use ctx::{Elicit, ElicitForm, ElicitUrl, Roots, Sample};
pub use error::{AskError, Unsupported};
pub use form::{Form, FormChoice, FormField, FormSchema, InvalidForm};
pub use keys::{InvalidStateKeys, StateKeys};
pub(crate) use parking::Parking;
pub(crate) use seal::{Context, SealError, Sealer, Unsealed};
pub use step::Kept;

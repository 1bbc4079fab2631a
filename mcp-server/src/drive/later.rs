//! What goes on because of a message, until it is let go on or refused.

use std::{future::Future, pin::Pin};

use futures_util::future::join_all;

use super::array;
use crate::{
    error::Refusal,
    protocol::message::{RequestId, error_response},
};

/// A text to send, if there is one.
pub(crate) type Written = Option<Vec<u8>>;

/// Something that goes on and sends texts meanwhile. The last one is its outcome.
pub(super) type Work = Pin<Box<dyn Future<Output = Written> + Send>>;

/// What goes on because of one message, or of an array of them.
pub(crate) struct Later {
    /// Answers that are there already.
    answered: Vec<Vec<u8>>,
    works: Vec<(RequestId, Work)>,
    is_array: bool,
}

impl Later {
    /// What one request is to be answered with.
    pub(super) fn one(id: RequestId, work: Work) -> Self {
        Self { answered: Vec::new(), works: vec![(id, work)], is_array: false }
    }

    /// An array, and what is known of its answers.
    pub(super) fn array(answered: Vec<Vec<u8>>, parts: Vec<Self>) -> Option<Self> {
        let works: Vec<_> = parts.into_iter().flat_map(|part| part.works).collect();
        let is_silent = answered.is_empty() && works.is_empty();
        (!is_silent).then_some(Self { answered, works, is_array: true })
    }

    /// Lets it go on.
    pub(super) async fn work(self) -> Written {
        let Self { mut answered, works, is_array } = self;
        answered.extend(join_all(works.into_iter().map(|(_, work)| work)).await.into_iter().flatten());
        if is_array { Some(array(&answered)) } else { answered.pop() }
    }

    /// Doesn't let it go on.
    pub(super) fn refused(self, refusal: &Refusal) -> Vec<u8> {
        let Self { mut answered, works, is_array } = self;
        let error = |id| error_response(Some(id), refusal.code(), &refusal.to_string(), None);
        answered.extend(works.iter().map(|(id, _)| error(id)));
        if is_array { array(&answered) } else { answered.concat() }
    }
}

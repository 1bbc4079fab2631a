//! The questions that a function asks through its [`Ctx`]: each is made, and asked when it is awaited.

use std::{
    future::{Future, IntoFuture},
    marker::PhantomData,
    pin::Pin,
};

use serde_json::{Map, Value};

use super::{
    AskError, Reply, ask,
    form::{self, Form, FormSchema},
};
use crate::{
    call::{Call, Ctx},
    protocol::{
        elicitation::{Elicitation, Elicited},
        input::Input,
        roots::Root,
        sampling::{Sampled, Sampling},
    },
    secret::secret,
};

type Answered<'c, T> = Pin<Box<dyn Future<Output = Result<T, AskError>> + Send + 'c>>;

impl Ctx {
    /// Asks the user for a value, with a form. Await it to ask it.
    ///
    /// The same code asks in every revision. In a session the question is sent while the function waits. In 2026-07-28
    /// there is nothing to wait on: the call ends with what is asked, and the client calls again with the answers. Then
    /// the function runs again **from its beginning**, and this gives what was answered; see [`step`](Ctx::step) for
    /// what must not be done again. Questions that are awaited together (`tokio::join!`) are asked together.
    ///
    /// What a client answers is checked against the form, and asked again when it doesn't fit. It comes from the client,
    /// which may be a model's: an answer proves nothing about who gave it. Never ask for secrets with it: that is what
    /// [`elicit_url`](Ctx::elicit_url) is for.
    ///
    /// Source: [Elicitation](https://modelcontextprotocol.io/specification/2026-07-28/client/elicitation).
    ///
    /// # Example
    ///
    /// ```standalone_crate
    /// use mcp_server::prelude::*;
    ///
    /// /// Whom to greet.
    /// #[derive(Form, serde::Deserialize, schemars::JsonSchema)]
    /// struct Name {
    ///     /// First name
    ///     first: String,
    ///     last: Option<String>,
    /// }
    ///
    /// /// Greet whoever is there.
    /// #[mcp_tool]
    /// async fn greet(ctx: Ctx) -> Result<String, ToolError> {
    ///     let name: Name = ctx.elicit("Who are you?").await?;
    ///     Ok(format!("Hello, {}!", name.first))
    /// }
    /// ```
    pub fn elicit<T: Form>(&self, message: impl Into<String>) -> Elicit<'_, T> {
        Elicit { call: self.call(), message: message.into(), name: None, value: PhantomData }
    }

    /// Asks the user with a form that was made while the server runs, and gives the form's values.
    pub fn elicit_form(&self, message: impl Into<String>, form: FormSchema) -> ElicitForm<'_> {
        ElicitForm { call: self.call(), message: message.into(), form, name: None }
    }

    /// Sends the user to a page. Await it to ask it; it resolves when the user has agreed to open the page, which says
    /// nothing about what they did there.
    ///
    /// What they enter there doesn't pass through the client. The page has to find out by itself who opens it: whoever
    /// has the URL may. The URL must not let anybody in, and must not hold anything personal.
    ///
    /// Source: [Safe URL handling](https://modelcontextprotocol.io/specification/2026-07-28/client/elicitation#safe-url-handling).
    pub fn elicit_url(&self, message: impl Into<String>, url: impl Into<String>) -> ElicitUrl<'_> {
        ElicitUrl { call: self.call(), message: message.into(), url: url.into(), name: None }
    }

    /// Asks the client's model. Await it to ask it. A text is a question by itself; [`Sampling`] says more.
    ///
    /// Revision 2026-07-28 advises against it, and against [`roots`](Ctx::roots): both may go after July 2027.
    ///
    /// Source: [Sampling](https://modelcontextprotocol.io/specification/2026-07-28/client/sampling).
    pub fn sample(&self, sampling: impl Into<Sampling>) -> Sample<'_> {
        Sample { call: self.call(), sampling: sampling.into(), name: None }
    }

    /// Asks the client which folders and files it thinks matter. Await it to ask it. Guidance, and no permission.
    ///
    /// Source: [Roots](https://modelcontextprotocol.io/specification/2026-07-28/client/roots).
    pub fn roots(&self) -> Roots<'_> {
        Roots { call: self.call(), name: None }
    }
}

macro_rules! questions {
    ($($(#[$doc:meta])* $question:ident $(<$value:ident: $bound:ident>)? -> $answer:ty, $this:ident => $asked:expr;)*) => {$(
        impl<'c $(, $value: $bound)?> $question<'c $(, $value)?> {
            /// Asks under this key, which the client sees, instead of one that is made of what is asked: 1 to 64 of the
            /// characters `A-Z a-z 0-9 _ - .`. An answer to what was asked under it before isn't taken for it, unless the
            /// client leaves the `requestState` out: then it is taken at its word. A second question of the key gets
            /// `-2` after it.
            pub fn ask_as(mut self, key: impl Into<String>) -> Self {
                self.name = Some(key.into().into());
                self
            }
        }

        impl<'c $(, $value: $bound)?> IntoFuture for $question<'c $(, $value)?> {
            type Output = Result<$answer, AskError>;
            type IntoFuture = Answered<'c, $answer>;

            fn into_future(self) -> Self::IntoFuture {
                let $this = self;
                Box::pin($asked)
            }
        }
    )*};
}

/// A form for the user, not asked yet: await it.
#[derive(Debug)]
#[must_use = "a question is asked when it is awaited"]
pub struct Elicit<'c, T> {
    call: &'c Call,
    message: String,
    name: Option<Box<str>>,
    value: PhantomData<fn() -> T>,
}

/// A form that was made while the server runs, not asked yet: await it.
#[derive(Debug)]
#[must_use = "a question is asked when it is awaited"]
pub struct ElicitForm<'c> {
    call: &'c Call,
    message: String,
    form: FormSchema,
    name: Option<Box<str>>,
}

/// A page for the user, not asked yet: await it.
#[derive(Debug)]
#[must_use = "a question is asked when it is awaited"]
pub struct ElicitUrl<'c> {
    call: &'c Call,
    message: String,
    url: String,
    name: Option<Box<str>>,
}

/// A question for the client's model, not asked yet: await it.
#[derive(Debug)]
#[must_use = "a question is asked when it is awaited"]
pub struct Sample<'c> {
    call: &'c Call,
    sampling: Sampling,
    name: Option<Box<str>>,
}

/// A question for the client's roots, not asked yet: await it.
#[derive(Debug)]
#[must_use = "a question is asked when it is awaited"]
pub struct Roots<'c> {
    call: &'c Call,
    name: Option<Box<str>>,
}

questions! {
    Elicit<T: Form> -> T, this => async move {
        elicit(this.call, &this.message, this.name.as_deref()).await
    };
    ElicitForm -> Map<String, Value>, this => async move {
        let input = Input::Elicit(Elicitation::Form { message: this.message, schema: this.form.shared() });
        let read = |answer: &Value| elicited(answer, |content| this.form.read(content));
        ask(this.call, input, this.name.as_deref(), read).await
    };
    ElicitUrl -> (), this => async move {
        let id = secret().map_err(|error| AskError::Invalid(error.to_string()))?;
        let page = Elicitation::page(this.message, &this.url, id).map_err(AskError::Invalid)?;
        let read = |answer: &Value| elicited(answer, |_| Ok(()));
        ask(this.call, Input::Elicit(page), this.name.as_deref(), read).await
    };
    Sample -> Sampled, this => async move {
        let read = |answer: &Value| Sampled::read(answer.clone()).map(Reply::Given);
        ask(this.call, Input::Sample(Box::new(this.sampling)), this.name.as_deref(), read).await
    };
    Roots -> Vec<Root>, this => async move {
        let read = |answer: &Value| Root::read_all(answer).map(Reply::Given);
        ask(this.call, Input::Roots, this.name.as_deref(), read).await
    };
}

/// Asks the user for a value.
pub(crate) async fn elicit<T: Form>(call: &Call, message: &str, name: Option<&str>) -> Result<T, AskError> {
    let form = form::of::<T>().map_err(AskError::Invalid)?;
    let input = Input::Elicit(Elicitation::Form { message: message.to_owned(), schema: form.shared() });
    ask(call, input, name, |answer| elicited(answer, form::read::<T>)).await
}

/// What an answer to an elicitation says.
fn elicited<T>(
    answer: &Value,
    read: impl FnOnce(Map<String, Value>) -> Result<T, String>,
) -> Result<Reply<T>, String> {
    Ok(match Elicited::read(answer.clone())? {
        Elicited::Accepted(content) => Reply::Given(read(content)?),
        Elicited::Declined => Reply::Declined,
        Elicited::Cancelled => Reply::Cancelled,
    })
}

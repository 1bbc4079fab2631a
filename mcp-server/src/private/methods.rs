//! An object whose methods are offered: whether calls can share it, and how its methods are added.

use std::{future::Future, marker::PhantomData, sync::Arc};

use super::{Probe, blocking, running, unfit, ways};
use crate::{
    call::Call,
    catalog::{
        Handled, Handler, Invocation, Offers, Prompt, Resource, Tool,
        completion::CompletionSource,
        descriptor::{CompletionDescriptor, PromptDescriptor, ResourceDescriptor, ToolDescriptor},
    },
    error::ToolError,
    protocol::{
        completion::Completion, prompts::PromptResult, resources::ResourceContents, tools::ToolResult,
    },
};

/// A method of a `T`: what is said of it, and its call.
#[derive(Debug)]
pub enum Method<T> {
    Tool(&'static ToolDescriptor, Start<T, ToolResult>),
    Resource(&'static ResourceDescriptor, Start<T, Vec<ResourceContents>>),
    Prompt(&'static PromptDescriptor, Start<T, PromptResult>),
    Completion(&'static CompletionDescriptor, Start<T, Completion>),
}

/// Starts a method.
pub type Start<T, R> = fn(&Arc<T>, Invocation) -> Handled<R>;

ways! { __object:
    AsShared [T: Send + Sync + 'static] T, &&Probe<T> => Shared;
    AsUnsynced [T: Send] T, &Probe<T> => Unsynced;
    AsUnsent [T] T, Probe<T> => Unsent;
}

impl<T: Send + Sync + 'static> Shared<T> {
    pub fn __fits<P>(&self) {}

    pub fn __offer(&self, offers: &mut Offers<'_>, object: &Arc<T>, method: Method<T>) {
        match method {
            Method::Tool(descriptor, start) => offers.tool(Tool::of(descriptor, bound(object, start))),
            Method::Resource(descriptor, start) => {
                offers.resource(Resource::of(descriptor, bound(object, start)));
            }
            Method::Prompt(descriptor, start) => offers.prompt(Prompt::of(descriptor, bound(object, start))),
            Method::Completion(descriptor, start) => {
                offers.completion(CompletionSource { descriptor, handler: bound(object, start) });
            }
        }
    }

    pub fn __running<R>(
        &self,
        future: impl Future<Output = Result<R, ToolError>> + Send + 'static,
    ) -> Handled<R> {
        running(future)
    }

    pub fn __blocking<R: Send + 'static>(
        &self,
        call: &Call,
        function: impl FnOnce() -> Result<R, ToolError> + Send + 'static,
    ) -> Handled<R> {
        blocking(call, function)
    }
}

/// A method that holds its object.
fn bound<T: Send + Sync + 'static, R: 'static>(object: &Arc<T>, start: Start<T, R>) -> Handler<R> {
    let object = Arc::clone(object);
    Arc::new(move |invocation| start(&object, invocation))
}

/// Here an object that can't be shared is complained about; rustc names the field.
impl<T> Unsynced<T> {
    pub fn __fits<P: Sync>(&self) {}
}

impl<T> Unsent<T> {
    pub fn __fits<P: Send>(&self) {}
}

/// What asks for nothing more, once that is said.
macro_rules! unshared {
    ($($tag:ident)*) => {$(
        impl<T> $tag<T> {
            pub fn __offer(&self, _: &mut Offers<'_>, _: &Arc<T>, _: Method<T>) {}

            pub fn __running<R>(&self, _: impl Future<Output = Result<R, ToolError>>) -> Handled<R> {
                Handled::Ready(Err(unfit()))
            }

            pub fn __blocking<R>(&self, _: &Call, _: impl FnOnce() -> Result<R, ToolError>) -> Handled<R> {
                Handled::Ready(Err(unfit()))
            }
        }
    )*};
}

unshared! { Unsynced Unsent }

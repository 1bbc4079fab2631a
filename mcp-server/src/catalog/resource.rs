//! A resource: what is published of it, which URIs it has, and the function that reads it.

use std::{borrow::Cow, fmt, future::Future, sync::Arc, time::Duration};

use serde_json::{Map, Value};

use super::{
    access::{Access, Admission, Need, Words, words_by_hand},
    arguments::Validator,
    card::Card,
    completion::{self, Complete, Completers, suggester},
    descriptor::{AnnotationsDescriptor, Rate, ResourceDescriptor, Rules},
    input::{Input, Needs},
    invocation::{Arguments, Handled, Handler, Invocation},
    limits::ItemLimits,
    output::ResourceOutput,
    schema,
    template::{Span, Template, is_template, literal_flaw},
};
use crate::{
    error::{Place, Problem, ToolError},
    protocol::{
        content::Annotations,
        lifecycle::Icon,
        resources::{Address, Cache, CacheScope, Definition, ResourceContents},
        uri::{MOST_URI_BYTES, ascii},
    },
};

/// A resource built by hand: for URIs that are known at run time only, and for functions that are closures.
///
/// # Example
///
/// ```standalone_crate
/// use mcp_server::{Invocation, McpServer, Resource};
///
/// let note = Resource::new("notes://{id}", "note", "A note.", |mut call: Invocation| async move {
///     let id: String = call.argument("id")?;
///     Ok(Some(format!("This is note {id}.")))
/// })
/// .mime_type("text/plain");
/// let server = McpServer::new("notes").resource(note).build()?;
/// # Ok::<(), mcp_server::BuildError>(())
/// ```
#[derive(Clone)]
pub struct Resource {
    uri: Cow<'static, str>,
    card: Card,
    mime: Option<Cow<'static, str>>,
    size: Option<u64>,
    annotations: Option<Annotations>,
    cache: Cache,
    words: Words,
    rules: Rules,
    completers: Completers,
    input: Option<fn(&mut Input)>,
    handler: Handler<Vec<ResourceContents>>,
    place: Place,
}

impl Resource {
    /// A resource at this URI, or at every URI of this template (RFC 6570), whose variables are the arguments.
    ///
    /// `Ok(None)` from the function says that there is no such resource.
    ///
    /// A resource has one spelling: the fixed URI as it is written here, or what the template makes of the values,
    /// with everything percent-encoded that RFC 6570 says, in upper case. Letters beyond ASCII stand for their
    /// percent-encodings. In a path no value has a `/` of its own (but in `{+path}`), and none has a segment `.` or `..`.
    /// A URI has 8 KiB at most.
    ///
    /// Where several resources have the same URI, the most specific one is read, by callers who may use all of them.
    #[track_caller]
    pub fn new<F, Fut, R>(
        uri: impl Into<Cow<'static, str>>,
        name: impl Into<Cow<'static, str>>,
        description: impl Into<Cow<'static, str>>,
        function: F,
    ) -> Self
    where
        F: Fn(Invocation) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<R, ToolError>> + Send + 'static,
        R: ResourceOutput,
    {
        let handler = move |invocation| {
            let future = function(invocation);
            Handled::Running(Box::pin(async move { contents(future.await?) }) as _)
        };
        Self {
            uri: in_ascii(uri.into()),
            card: Card::new(name, description),
            mime: None,
            size: None,
            annotations: None,
            cache: Cache::NONE,
            words: Words::default(),
            rules: Rules::NONE,
            completers: Completers::new(),
            input: None,
            handler: Arc::new(handler),
            place: Place::caller(),
        }
    }

    pub(crate) fn of(
        descriptor: &'static ResourceDescriptor,
        handler: Handler<Vec<ResourceContents>>,
    ) -> Self {
        Self {
            uri: in_ascii(descriptor.uri.into()),
            card: Card::from(&descriptor.card),
            mime: descriptor.mime.map(Into::into),
            size: descriptor.size,
            annotations: descriptor.annotations.as_ref().map(Annotations::from),
            cache: descriptor.cache,
            words: Words::from(&descriptor.rules),
            rules: descriptor.rules,
            completers: Completers::new(),
            input: Some(descriptor.input),
            handler,
            place: descriptor.place,
        }
    }

    /// A name for people.
    #[must_use]
    pub fn title(mut self, title: impl Into<Cow<'static, str>>) -> Self {
        self.card.title = Some(title.into());
        self
    }

    /// Adds an icon, by its URL.
    #[must_use]
    pub fn icon(mut self, src: impl Into<String>) -> Self {
        self.card.icons.push(Icon { src: src.into() });
        self
    }

    /// Adds an entry to the resource's `_meta` in the listing.
    #[must_use]
    pub fn meta(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.card.meta.insert(key.into(), value.into());
        self
    }

    /// The media type of contents that say nothing else.
    #[must_use]
    pub fn mime_type(mut self, mime_type: impl Into<Cow<'static, str>>) -> Self {
        self.mime = Some(mime_type.into());
        self
    }

    /// The size in bytes. For a fixed URI only.
    #[must_use]
    pub fn size(mut self, bytes: u64) -> Self {
        self.size = Some(bytes);
        self
    }

    /// Who it is for, how much it matters, and when it last changed.
    #[must_use]
    pub fn annotations(mut self, annotations: Annotations) -> Self {
        self.annotations = Some(annotations);
        self
    }

    /// For how long a client may keep what it read, and whether it may give it to others. Default: not at all.
    #[must_use]
    pub fn cache(mut self, ttl: Duration, scope: CacheScope) -> Self {
        self.cache = Cache { ttl, scope };
        self
    }

    /// Has this function suggest values for a variable of the template.
    #[must_use]
    pub fn complete<Way>(
        mut self,
        variable: impl Into<String>,
        function: impl Complete<Way> + Clone + Send + Sync + 'static,
    ) -> Self {
        self.completers.insert(variable.into(), suggester(function));
        self
    }

    /// The resource, as somebody's who is at this place.
    pub(super) fn placed(self, place: Place) -> Self {
        Self { place, ..self }
    }

    pub(crate) fn uri(&self) -> &str {
        &self.uri
    }

    pub(crate) fn place(&self) -> Place {
        self.place
    }

    fn access(&self, admission: &Admission, wrong: &mut Vec<String>) -> Access {
        let access = self.words.access(admission, wrong);
        if self.cache.scope == CacheScope::Public && access.need != Need::Nothing {
            let rule = "what is kept for everybody reaches callers who may not read it";
            wrong.push(format!("{rule}; keep it `CacheScope::Private`, or let everybody read it"));
        }
        access
    }
}

impl Resource {
    /// One that its author can't mark.
    pub(super) fn implied(mut self) -> Self {
        self.words.is_implied = true;
        self
    }
}

words_by_hand!(Resource);

/// What a function gave, or that there is no such resource.
pub(crate) fn contents(given: impl ResourceOutput) -> Result<Vec<ResourceContents>, ToolError> {
    given.into_contents().ok_or_else(ToolError::not_found)
}

impl fmt::Debug for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resource").field("uri", &self.uri).field("place", &self.place).finish_non_exhaustive()
    }
}

impl From<&AnnotationsDescriptor> for Annotations {
    fn from(descriptor: &AnnotationsDescriptor) -> Self {
        Self {
            audience: descriptor.audience.to_vec(),
            priority: descriptor.priority,
            last_modified: descriptor.last_modified.map(str::to_owned),
        }
    }
}

/// A resource that is ready to be listed and read.
pub(crate) struct ResourceEntry {
    resource: Resource,
    access: Access,
    limits: Arc<ItemLimits>,
    template: Option<Template>,
    meta: Option<Map<String, Value>>,
    completers: Completers,
    validator: Validator,
    needs: Needs,
}

impl ResourceEntry {
    /// Compiles a resource; says everything that is wrong with it.
    pub(super) fn compile(resource: Resource, admission: &Admission) -> Result<Self, Vec<Problem>> {
        let mut wrong = Vec::new();
        let meta = resource.card.check(&mut wrong);
        let access = resource.access(admission, &mut wrong);
        let limits = Arc::new(ItemLimits::new(&resource.rules, admission.rate));
        let template = template(&resource, &mut wrong);
        let mut completers = resource.completers.clone();
        let (schema, needs) = match resource.input {
            Some(declare) => {
                let mut input = Input::new();
                declare(&mut input);
                completers.extend(input.completers());
                arguments_are_variables(&input, template.as_ref(), &mut wrong);
                schema::of_arguments(input, &mut wrong)
            }
            None => (schema::of_texts(template.iter().flat_map(Template::variables)), Needs::of_a_call()),
        };
        let validator = Validator::compile(schema, &mut wrong);
        let known = validator.as_ref().map(|validator| completion::unknown(&completers, validator));
        wrong.extend(known.unwrap_or_default());
        match validator {
            Some(validator) if wrong.is_empty() => {
                Ok(Self { resource, access, limits, template, meta, completers, validator, needs })
            }
            _ => {
                let subject = format!("resource `{}`", resource.uri);
                Err(wrong.into_iter().map(|text| Problem::new(resource.place, &subject, text)).collect())
            }
        }
    }

    /// The URI, or the template.
    pub(crate) fn uri(&self) -> &str {
        &self.resource.uri
    }

    pub(crate) fn name(&self) -> &str {
        &self.resource.card.name
    }

    pub(crate) fn description(&self) -> &str {
        &self.resource.card.description
    }

    pub(crate) fn place(&self) -> Place {
        self.resource.place
    }

    pub(crate) fn access(&self) -> &Access {
        &self.access
    }

    pub(crate) fn limits(&self) -> &Arc<ItemLimits> {
        &self.limits
    }

    pub(super) fn limits_mut(&mut self) -> &mut Arc<ItemLimits> {
        &mut self.limits
    }

    pub(crate) fn rules(&self) -> &Rules {
        &self.resource.rules
    }

    pub(crate) fn needs(&self) -> &Needs {
        &self.needs
    }

    pub(crate) fn cache(&self) -> Cache {
        self.resource.cache
    }

    pub(crate) fn mime_type(&self) -> Option<&str> {
        self.resource.mime.as_deref()
    }

    pub(crate) fn template(&self) -> Option<&Template> {
        self.template.as_ref()
    }

    pub(crate) fn completers(&self) -> &Completers {
        &self.completers
    }

    pub(crate) fn validator(&self) -> &Validator {
        &self.validator
    }

    /// The values of the variables, if the template makes this URI.
    pub(super) fn read(&self, uri: &str) -> Option<Arguments> {
        self.template.as_ref()?.read(uri)
    }

    /// Whether a URI may be taken for one of the template's, however it is spelled.
    pub(super) fn covers(&self, span: &Span) -> bool {
        self.template.as_ref().is_some_and(|template| template.footprint().covers(span))
    }

    /// Whether two templates may have a URI in common.
    pub(super) fn meets(&self, other: &Self) -> bool {
        let both = self.template.as_ref().zip(other.template.as_ref());
        both.is_some_and(|(one, other)| one.footprint().meets(other.footprint()))
    }

    /// What a listing shows.
    pub(crate) fn definition(&self) -> Definition<'_> {
        let Resource { uri, card, mime, size, annotations, .. } = &self.resource;
        Definition {
            address: if self.template.is_some() { Address::Template(uri) } else { Address::Fixed(uri) },
            name: &card.name,
            title: card.title.as_deref(),
            description: Some(&card.description),
            mime_type: mime.as_deref(),
            size: *size,
            annotations: annotations.clone(),
            icons: &card.icons,
            meta: self.meta.as_ref(),
        }
    }

    /// Calls the function.
    pub(crate) fn call(&self, invocation: Invocation) -> Handled<Vec<ResourceContents>> {
        (self.resource.handler)(invocation)
    }
}

impl fmt::Debug for ResourceEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.resource.fmt(f)
    }
}

fn in_ascii(uri: Cow<'static, str>) -> Cow<'static, str> {
    if uri.is_ascii() { uri } else { ascii(&uri).into_owned().into() }
}

fn template(resource: &Resource, wrong: &mut Vec<String>) -> Option<Template> {
    let uri = &resource.uri;
    if !is_template(uri) {
        if url::Url::parse(uri).is_err() {
            wrong.push(format!("`{uri}` is not an absolute URI, such as `notes://today`"));
        } else if let Some(flaw) = literal_flaw(uri) {
            wrong.push(format!("`{uri}`: {flaw}"));
        }
        if uri.len() > MOST_URI_BYTES {
            wrong.push(format!(
                "a URI has {MOST_URI_BYTES} bytes at most, and nobody could read this one; shorten it"
            ));
        }
        return None;
    }
    if !uri.split('{').next().unwrap_or_default().contains(':') {
        wrong.push(format!("`{uri}` must begin with a scheme, such as `notes://`"));
    }
    if resource.size.is_some() {
        wrong.push(
            "`size` is for a fixed URI: the resources of a template have sizes of their own".to_owned(),
        );
    }
    Template::parse(uri).map_err(|error| wrong.push(error)).ok()
}

/// Each argument is a variable of the template, and each variable an argument.
fn arguments_are_variables(input: &Input, template: Option<&Template>, wrong: &mut Vec<String>) {
    let variables: Vec<_> = template.iter().flat_map(|template| template.variables()).collect();
    for argument in &input.arguments {
        let name = argument.rules.name;
        match variables.iter().find(|variable| variable.name == name) {
            None => wrong.push(format!("the URI has no variable `{{{name}}}` for the argument `{name}`")),
            Some(variable) if variable.optional && !argument.may_be_absent() => {
                wrong.push(format!(
                    "a query may lack `{name}`, so it must be an `Option` or have a `default`"
                ));
            }
            Some(_) => {}
        }
    }
    for variable in variables {
        if !input.arguments.iter().any(|argument| argument.rules.name == variable.name) {
            let name = variable.name;
            wrong.push(format!("the variable `{{{name}}}` of the URI needs an argument `{name}`"));
        }
    }
}

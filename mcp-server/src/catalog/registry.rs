//! Everything that a server offers, by name and in order: found among the program's functions, chosen, compiled.

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{
    access::{Access, Admission, Guarded, Need},
    completion::{CompletedArgument, CompletionSource, Declared, Suggest},
    descriptor::Registered,
    input::Needs,
    invocation::Arguments,
    list::List,
    overlaps::{self, Overlaps},
    pages::Pages,
    prompt::{Prompt, PromptEntry},
    resource::{Resource, ResourceEntry},
    selection::Selection,
    skills::{Folder, Skills},
    tool::{Tool, ToolEntry},
    views::{Has, Views},
};
use crate::{
    error::{Place, Problem},
    protocol::uri::{CanonicalUri, ascii},
    scope::ScopeSet,
};

/// What was found, before it is chosen and compiled.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) tools: Vec<Tool>,
    pub(crate) resources: Vec<Resource>,
    pub(crate) prompts: Vec<Prompt>,
    pub(crate) completions: Vec<CompletionSource>,
    /// The folders of skills, which are read when the offer is built.
    pub(crate) skills: Vec<Folder>,
}

impl Found {
    /// The annotated functions of the program.
    pub(crate) fn registered() -> Self {
        let mut found = Self::default();
        for registered in inventory::iter::<Registered> {
            match registered {
                Registered::Tool(descriptor, call) => found.tools.push(Tool::of(descriptor, Arc::new(call))),
                Registered::Resource(descriptor, call) => {
                    found.resources.push(Resource::of(descriptor, Arc::new(call)));
                }
                Registered::Prompt(descriptor, call) => {
                    found.prompts.push(Prompt::of(descriptor, Arc::new(call)));
                }
                Registered::Completion(descriptor, call) => {
                    found.completions.push(CompletionSource { descriptor, handler: Arc::new(call) });
                }
            }
        }
        found
    }
}

/// What is offered now: it never changes. A change makes another one, of a later version.
#[derive(Debug, Clone)]
pub(crate) struct Offer {
    version: u64,
    page_size: usize,
    admission: Admission,
    /// Whether every tool's results are held against its schema.
    checks_all_results: bool,
    /// Who may use skills.
    for_skills: Access,
    /// All scopes that anything in the lists needs.
    needed: ScopeSet,
    /// Whether anything is for callers without a token.
    has_public: bool,
    /// What some callers see of it.
    views: Views,
    pub(crate) tools: List<ToolEntry>,
    /// The resources of fixed URIs.
    pub(crate) resources: List<ResourceEntry>,
    pub(crate) templates: List<ResourceEntry>,
    pub(crate) prompts: List<PromptEntry>,
    pub(crate) skills: Arc<Skills>,
    /// What follows from resources and templates with the same URIs. A view of the offer has those of the whole.
    overlaps: Arc<Overlaps>,
    /// The completions that are functions of their own.
    completions: Arc<HashMap<CompletedArgument, Declared>>,
    mirrors: bool,
    /// What there is, was or will be: what the server says it has, it doesn't take back.
    announced: Announced,
}

/// What a server has decided of everything that it offers.
#[derive(Debug, Default)]
pub(crate) struct OfferRules {
    /// How much one page of a list holds.
    pub(crate) page_size: usize,
    pub(crate) announced: Announced,
    pub(crate) admission: Admission,
    /// Whether every tool's results are held against its schema, or those alone that can break it.
    pub(crate) checks_all_results: bool,
}

/// What is at a URI.
#[derive(Debug)]
pub(crate) struct Located<'o> {
    pub(crate) entry: &'o Arc<ResourceEntry>,
    /// The values of its variables.
    pub(crate) arguments: Arguments,
    /// Who may read it: whoever has what all entries need that have this URI.
    pub(crate) access: Cow<'o, Access>,
}

/// The kinds of things that a server says it has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Announced {
    pub(crate) resources: bool,
    pub(crate) prompts: bool,
    pub(crate) completions: bool,
}

/// The numbers of offers.
static VERSIONS: AtomicU64 = AtomicU64::new(1);

/// Something that a run-time change is about.
#[derive(Debug)]
pub(crate) enum Item {
    Tool(Tool),
    Resource(Resource),
    Prompt(Prompt),
}

/// The lists that an offer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Tools,
    Resources,
    Templates,
    Prompts,
    Skills,
}

impl Kind {
    pub(crate) const ALL: [Self; 5] =
        [Self::Tools, Self::Resources, Self::Templates, Self::Prompts, Self::Skills];
}

impl Offer {
    /// Compiles what was chosen. Adds everything that is wrong to `problems`, and holds the rest.
    pub(crate) fn build(
        mut found: Found,
        selection: &Selection,
        rules: OfferRules,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let OfferRules { page_size, announced, admission, checks_all_results } = rules;
        selection.unknown_names(&found.tools, problems);
        found.tools.retain(|tool| selection.takes(tool.name()));
        selection.unexpected(&found.tools, problems);
        let tools = compile(
            found.tools,
            "tool",
            Tool::name,
            Tool::place,
            |tool| ToolEntry::compile(tool, &admission, checks_all_results),
            problems,
        );
        let (skills, manifests) = Skills::read(&found.skills, page_size, &admission, problems);
        problems.extend(found.resources.iter().filter_map(|resource| skills.clash(resource)));
        found.resources.retain(|resource| !skills.has(resource.uri()));
        found.resources.extend(manifests);
        let resources = compile(
            found.resources,
            "resource",
            Resource::uri,
            Resource::place,
            |resource| ResourceEntry::compile(resource, &admission),
            problems,
        );
        let prompts = compile(
            found.prompts,
            "prompt",
            Prompt::name,
            Prompt::place,
            |prompt| PromptEntry::compile(prompt, &admission),
            problems,
        );
        let (templates, resources): (Vec<_>, Vec<_>) =
            resources.into_iter().partition(|entry| entry.template().is_some());
        same_shapes(&templates, problems);
        let mut offer = Self {
            version: 0,
            page_size,
            for_skills: admission.implied(),
            admission,
            checks_all_results,
            needed: ScopeSet::default(),
            has_public: false,
            views: Views::default(),
            tools: List::new(tools, page_size),
            resources: List::new(resources, page_size),
            templates: List::new(templates, page_size),
            prompts: List::new(prompts, page_size),
            skills: Arc::new(skills),
            overlaps: Arc::default(),
            completions: Arc::default(),
            mirrors: false,
            announced,
        };
        offer.completions = Arc::new(offer.completions(&found.completions, problems));
        offer.overlapping().settled()
    }

    /// What follows from resources with the same URIs.
    fn overlapping(mut self) -> Self {
        self.overlaps = Arc::new(Overlaps::of(self.fixed(), self.templates.entries()));
        self
    }

    /// Everything that has a fixed URI.
    fn fixed(&self) -> impl Iterator<Item = &Arc<ResourceEntry>> + Clone {
        self.resources.entries().iter().chain(self.skills.files())
    }

    /// What an author should know: entries that have URIs in common and need different things, a line for each. With a
    /// URI, or a template's text, only what that has to do with.
    pub(crate) fn common_uris(&self, only: Option<&str>) -> Vec<String> {
        if self.admission.door != Guarded::Checked {
            return Vec::new();
        }
        overlaps::named(self.fixed(), self.templates.entries(), only)
    }

    /// What follows from what is in the lists.
    fn settled(mut self) -> Self {
        self.version = VERSIONS.fetch_add(1, Ordering::Relaxed);
        self.views = Views::default();
        self.settle_access();
        self.mirrors = self.tools.entries().iter().any(|tool| !tool.validator().headers().is_empty());
        self.announced.resources |= !self.resources.is_empty() || !self.templates.is_empty();
        self.announced.prompts |= !self.prompts.is_empty();
        self.announced.completions |= !self.completions.is_empty()
            || self.prompts.entries().iter().any(|prompt| !prompt.completers().is_empty())
            || self.templates.entries().iter().any(|template| !template.completers().is_empty());
        self
    }

    /// Whether the server has things of this kind, or says so. It always has tools, if none.
    pub(crate) fn offers(&self, kind: Kind) -> bool {
        match kind {
            Kind::Tools => true,
            Kind::Resources | Kind::Templates => self.announced.resources,
            Kind::Prompts => self.announced.prompts,
            Kind::Skills => !self.skills.is_empty(),
        }
    }

    /// What follows from who may use what.
    fn settle_access(&mut self) {
        let mut needs = Vec::new();
        needs.extend(self.tools.entries().iter().map(|tool| tool.access().need));
        needs.extend(self.resources.entries().iter().map(|resource| self.access_of(resource).need));
        needs.extend(self.templates.entries().iter().map(|template| template.access().need));
        needs.extend(self.prompts.entries().iter().map(|prompt| prompt.access().need));
        needs.push(self.for_skills.need);
        let of = |need: &Need| if let Need::Scopes(set) = need { *set } else { ScopeSet::default() };
        self.needed = needs.iter().map(of).fold(ScopeSet::default(), ScopeSet::with);
        needs.pop();
        self.has_public = needs.contains(&Need::Nothing);
    }

    /// What this server has decided of who may come in.
    pub(crate) fn admission(&self) -> &Admission {
        &self.admission
    }

    /// Who may use skills.
    pub(crate) fn for_skills(&self) -> &Access {
        &self.for_skills
    }

    /// Whether anything is for callers without a token.
    pub(crate) fn has_public(&self) -> bool {
        self.has_public
    }

    /// What stands in the lists, with the scopes to begin with: those that are marked, or all when none is.
    pub(crate) fn start_scopes(&self) -> Vec<String> {
        let of_tools = self.tools.entries().iter().map(|tool| tool.access());
        let of_resources = self.resources.entries().iter().chain(self.templates.entries());
        let of_prompts = self.prompts.entries().iter().map(|prompt| prompt.access());
        let all: Vec<&Access> = of_tools
            .chain(of_resources.map(|resource| resource.access()))
            .chain(of_prompts)
            .chain([&self.for_skills])
            .collect();
        let is_marked = all.iter().any(|access| access.is_start);
        let begun = all.iter().filter(|access| access.is_start || !is_marked);
        let scopes: BTreeSet<&str> = begun.flat_map(|access| &access.scopes).map(|scope| &**scope).collect();
        scopes.into_iter().map(str::to_owned).collect()
    }

    /// The offer as somebody sees it who has this; `may` says what they may use.
    pub(crate) fn seen(self: &Arc<Self>, has: Has, may: impl Fn(Need) -> bool) -> Arc<Self> {
        let has = Has { scopes: has.scopes.common(self.needed), ..has };
        self.views.get(has, || {
            let mut view = Self::clone(self);
            let size = self.page_size;
            view.tools = self.tools.only(size, |tool| may(tool.access().need));
            view.resources = self.resources.only(size, |resource| may(self.access_of(resource).need));
            view.templates = self.templates.only(size, |template| may(template.access().need));
            view.prompts = self.prompts.only(size, |prompt| may(prompt.access().need));
            view.settled()
        })
    }

    /// Tells one offer from another: a later one has a greater number.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// Whether any tool has an argument that clients repeat in a header.
    pub(crate) fn has_mirrors(&self) -> bool {
        self.mirrors
    }

    /// Whether any tool may run as a task.
    pub(crate) fn has_tasks(&self) -> bool {
        self.tools.entries().iter().any(|tool| tool.rules().task != super::TaskRule::Never)
    }

    /// Whether there is anything to complete.
    pub(crate) fn has_completions(&self) -> bool {
        self.announced.completions
    }

    /// The pages of a list.
    pub(crate) fn pages(&self, kind: Kind) -> &Pages {
        match kind {
            Kind::Tools => self.tools.pages(),
            Kind::Resources => self.resources.pages(),
            Kind::Templates => self.templates.pages(),
            Kind::Prompts => self.prompts.pages(),
            Kind::Skills => self.skills.list().pages(),
        }
    }

    /// The resource at a URI, the values of its variables, and who may read it. Fixed URIs go before templates, and
    /// templates that say more before those that say less; a caller needs what all of them need.
    pub(crate) fn locate(&self, uri: &CanonicalUri<'_>) -> Option<Located<'_>> {
        let uri = uri.as_str();
        if let Some(entry) = self.resources.get(uri).or_else(|| self.skills.file(uri)) {
            let access = Cow::Borrowed(self.access_of(entry));
            return Some(Located { entry, arguments: Arguments::new(), access });
        }
        let templates = self.templates.entries();
        let matching = templates.iter().filter_map(|entry| Some((entry, entry.read(uri)?)));
        // The first of the longest: entries stand in the order of their templates.
        let longest = matching
            .rev()
            .max_by_key(|(entry, _)| entry.template().map_or(0, super::template::Template::literal));
        let (entry, arguments) = longest?;
        Some(Located { entry, arguments, access: self.overlaps.access(entry, uri, templates) })
    }

    /// Who may use a resource of a fixed URI: whoever has what it needs, and every template that has this URI.
    pub(crate) fn access_of<'a>(&'a self, fixed: &'a ResourceEntry) -> &'a Access {
        self.overlaps.of_fixed(fixed)
    }

    /// What suggests values for an argument of a prompt.
    pub(crate) fn suggest_for_prompt(&self, prompt: &PromptEntry, argument: &str) -> Option<Suggest<'_>> {
        let own = prompt.completers().get(argument).cloned();
        own.map(Suggest::Function).or_else(|| self.declared(true, prompt.name(), argument))
    }

    /// What suggests values for a variable of a template.
    pub(crate) fn suggest_for_template(
        &self,
        template: &ResourceEntry,
        variable: &str,
    ) -> Option<Suggest<'_>> {
        let own = template.completers().get(variable).cloned();
        own.map(Suggest::Function).or_else(|| self.declared(false, template.uri(), variable))
    }

    fn declared(&self, of_prompt: bool, owner: &str, argument: &str) -> Option<Suggest<'_>> {
        self.completions.get(&CompletedArgument::new(of_prompt, owner, argument)).map(Suggest::Declared)
    }

    /// The offer with one more thing, instead of one of the same name or URI.
    pub(crate) fn with(&self, item: Item) -> Result<Self, Vec<Problem>> {
        let mut next = self.clone();
        match item {
            Item::Tool(tool) => {
                let entry = ToolEntry::compile(tool, &self.admission, self.checks_all_results)?;
                next.tools = self.tools.with(entry, self.page_size);
            }
            Item::Prompt(prompt) => {
                let entry = PromptEntry::compile(prompt, &self.admission)?;
                next.prompts = self.prompts.with(entry, self.page_size);
            }
            Item::Resource(resource) => {
                if let Some(problem) = self.skills.clash(&resource) {
                    return Err(vec![problem]);
                }
                let entry = ResourceEntry::compile(resource, &self.admission)?;
                if entry.template().is_some() {
                    next.templates = self.templates.with(entry, self.page_size);
                } else {
                    next.resources = self.resources.with(entry, self.page_size);
                }
                next = next.overlapping();
            }
        }
        Ok(next.settled())
    }

    /// The offer without what this key names, if there is such a thing. A skill stays whole.
    pub(crate) fn without(&self, kind: Kind, key: &str) -> Option<Self> {
        let mut next = self.clone();
        let (size, key) = (self.page_size, &*ascii(key));
        match kind {
            Kind::Tools => next.tools = self.tools.get(key).map(|_| self.tools.without(key, size))?,
            Kind::Prompts => next.prompts = self.prompts.get(key).map(|_| self.prompts.without(key, size))?,
            Kind::Skills => return None,
            Kind::Resources if self.skills.has(key) => return None,
            Kind::Resources => {
                next.resources = self.resources.get(key).map(|_| self.resources.without(key, size))?;
            }
            Kind::Templates => {
                next.templates = self.templates.get(key).map(|_| self.templates.without(key, size))?;
            }
        }
        Some(
            if matches!(kind, Kind::Resources | Kind::Templates) { next.overlapping() } else { next }
                .settled(),
        )
    }

    /// What every completion's parameters need.
    pub(crate) fn completion_needs(&self) -> impl Iterator<Item = (&str, Place, &Needs)> {
        self.completions.iter().map(|(key, declared)| (&*key.argument, declared.place(), declared.needs()))
    }
}

/// Templates of which the second would never be read.
fn same_shapes(templates: &[Arc<ResourceEntry>], problems: &mut Vec<Problem>) {
    for (at, second) in templates.iter().enumerate() {
        let like = |first: &&Arc<ResourceEntry>| {
            let (first, second) = (first.template(), second.template());
            first.zip(second).is_some_and(|(first, second)| first.is_like(second))
        };
        // One of the very same URI has been told of already.
        if let Some(first) = templates[..at].iter().find(like).filter(|first| first.uri() != second.uri()) {
            let (uri, place) = (first.uri(), first.place());
            let text =
                format!("has the same URIs as `{uri}` at {place}, which are read there; change one of them");
            problems.push(Problem::new(second.place(), format!("resource `{}`", second.uri()), text));
        }
    }
}

/// Compiles things of one kind; says what is wrong with them, and which have the same key.
fn compile<T, E>(
    mut found: Vec<T>,
    what: &str,
    key: impl Fn(&T) -> &str,
    place: impl Fn(&T) -> Place,
    compile: impl Fn(T) -> Result<E, Vec<Problem>>,
    problems: &mut Vec<Problem>,
) -> Vec<Arc<E>> {
    // Registration has no order of its own; keys do.
    found.sort_by(|a, b| key(a).cmp(key(b)).then_with(|| place(a).cmp(&place(b))));
    for pair in found.windows(2) {
        if let [first, second] = pair
            && key(first) == key(second)
        {
            let name = if what == "resource" { "URI" } else { "name" };
            let text = if place(first) == place(second) {
                "is there twice: `.tools(..)` was given two values of its type; give it one".to_owned()
            } else {
                format!("has the same {name} as the one at {}; change one of them", place(first))
            };
            problems.push(Problem::new(place(second), format!("{what} `{}`", key(second)), text));
        }
    }
    let mut entries = Vec::with_capacity(found.len());
    for one in found {
        match compile(one) {
            Ok(entry) => entries.push(Arc::new(entry)),
            Err(wrong) => problems.extend(wrong),
        }
    }
    entries
}

//! The folders of skills that a server is given.

use std::path::PathBuf;

use super::McpServer;
use crate::{catalog::SkillFolder, error::Place};

impl McpServer {
    /// Offers the skills in a folder: each folder in it that has a `SKILL.md` is one, of the same name. May be called
    /// for several folders. A relative path begins at the working directory.
    ///
    /// ```text
    /// skills/
    ///   git-commit/
    ///     SKILL.md           ---
    ///     references/        name: git-commit
    ///       style.md         description: Writes commit messages. Use it before a commit.
    ///                        ---
    /// ```
    ///
    /// Clients of revision 2026-07-28 find them by `skills/list`, `skills/get` and `resources/directory/read`; clients
    /// of every revision read the files as resources, `skill://git-commit/references/style.md`, and see each `SKILL.md` in
    /// the list of resources.
    ///
    /// All files are read when the server is built and kept in memory, so a digest is always that of what is read; a
    /// server that is started again has the files' new contents. A skill has at most 512 files and 16 MiB. What a
    /// skill has can't be replaced or removed through [`Catalog`](crate::Catalog).
    ///
    /// What has a name that begins with a dot is left out, and so are files beside the skills' folders. Links are followed
    /// as far as they stay in the folder; one that leads out is a problem, as is whatever else breaks the
    /// [format of skills](https://agentskills.io/specification).
    ///
    /// # Example
    ///
    /// ```no_run
    /// use mcp_server::McpServer;
    ///
    /// let server = McpServer::new("committer").skills("skills").build()?;
    /// # Ok::<(), mcp_server::BuildError>(())
    /// ```
    #[must_use]
    #[track_caller]
    pub fn skills(mut self, folder: impl Into<PathBuf>) -> Self {
        self.found.skills.push(SkillFolder::new(folder.into(), Place::caller()));
        self
    }
}

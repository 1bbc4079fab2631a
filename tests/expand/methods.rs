use mcp_server::prelude::*;

#[mcp_tools]
#[cfg(unix)]
impl Files {
    const LIMIT: usize = { 10 };

    /// Opens a folder.
    fn open(path: &Path) -> Self {
        Self(path.into())
    }

    /// Read a file.
    #[mcp_tool(read_only)]
    async fn read(&self, /** Where it is */ path: String) -> Result<String, ToolError> {
        self.text(&path).await
    }

    /// Count the files.
    #[mcp_tool(blocking)]
    #[cfg(not(test))]
    fn count(&self) -> usize {
        self.all().count()
    }

    /// A file.
    #[mcp_resource("files://{+path}")]
    fn file(&self, #[arg(complete = Self::paths)] path: String) -> Option<Vec<u8>> {
        self.bytes(&path)
    }
}

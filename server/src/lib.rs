//! The MCP server: every operation of the Docker Engine API as a tool, checked, bounded and shaped for a model.

//! The size of a terminal, as one value: two numbers could be swapped.

/// The size of a terminal in characters.
///
/// ```
/// let size = dockwright::TerminalSize { height: 24, width: 80 };
/// assert_eq!(size, dockwright::TerminalSize::default());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TerminalSize {
    /// Lines. Default 24.
    pub height: u16,
    /// Columns. Default 80.
    pub width: u16,
}

impl Default for TerminalSize {
    fn default() -> Self {
        Self { height: 24, width: 80 }
    }
}

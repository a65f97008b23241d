//! The presets, which a policy begins with.

/// A preset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// Looks, and changes nothing.
    Observe,
    /// Builds and runs what carries the owner's label.
    Develop,
    /// Looks after containers that carry the owner's label.
    Operate,
    /// Everything that this program understands.
    Open,
}

impl Preset {
    /// All presets.
    pub const ALL: [Preset; 4] = [Preset::Observe, Preset::Develop, Preset::Operate, Preset::Open];

    /// Its name in a policy, `develop`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Preset::Observe => "observe",
            Preset::Develop => "develop",
            Preset::Operate => "operate",
            Preset::Open => "open",
        }
    }

    /// Its sections, as a policy writes them.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Preset::Observe => include_str!("../../presets/observe.toml"),
            Preset::Develop => include_str!("../../presets/develop.toml"),
            Preset::Operate => include_str!("../../presets/operate.toml"),
            Preset::Open => include_str!("../../presets/open.toml"),
        }
    }

    /// A policy that is this preset, to be copied and changed.
    #[must_use]
    pub fn beginning(self) -> String {
        let owner = if self.needs_owner() { "[own]\nlabel = \"dockwright.owner=me\"\n\n" } else { "" };
        format!("preset = \"{}\"\n\n{owner}{}", self.name(), self.text())
    }

    /// Returns true if it is safe only for what carries an owner's label.
    #[must_use]
    pub const fn needs_owner(self) -> bool {
        matches!(self, Preset::Develop | Preset::Operate)
    }
}

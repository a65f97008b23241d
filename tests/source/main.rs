//! Rules for the files of this repository. `docs/architecture.md` names the rules, and its tables are read here.

mod bollard;
mod circles;
mod files;
mod graph;
mod imports;
mod layers;
mod packages;
mod pages;
mod reach;
mod sizes;
mod text;
mod words;

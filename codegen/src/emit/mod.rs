//! The intermediate representation becomes Rust: files that the client library includes. Nothing is decided here, and
//! what comes out are a few lines each over the hand-written half.

mod docs;
mod facets;
mod filters;
mod layout;
mod loss;
mod methods;
mod models;
mod operations;
mod options;
mod preview;
mod render;
mod rereads;
mod setters;
mod tokens;
mod tools;
mod types;
mod uses;

use quote::quote;

use crate::ir::Api;
use render::render;

/// The generated files, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Types of bodies and answers.
    pub models: String,
    /// Types of optional arguments and of filters.
    pub options: String,
    /// A method for each operation.
    pub methods: String,
    /// The operation table.
    pub operations: String,
    /// Titles and schemas for tools.
    pub tools: String,
    /// For tests: reading every answer by its type.
    pub rereads: String,
}

impl Output {
    /// Each file's name and text.
    pub fn files(&self) -> [(&'static str, &str); 6] {
        [
            ("models.rs", &self.models),
            ("options.rs", &self.options),
            ("methods.rs", &self.methods),
            ("operations.rs", &self.operations),
            ("tools.rs", &self.tools),
            ("rereads.rs", &self.rereads),
        ]
    }
}

/// Prints an API.
pub fn emit(api: &Api) -> Output {
    let uses = uses::uses(api);
    let models = api.types.iter().map(|described| models::model(described, uses.get(described.name.as_str())));
    let options = api.operations.iter().map(options::options);
    let filters = api.operations.iter().filter_map(|operation| operation.filters.as_ref()).map(filters::filters);
    Output {
        models: render(quote!(#(#models)*)),
        options: render(quote!(#(#options)* #(#filters)*)),
        methods: render(methods::methods(api)),
        operations: render(operations::operations(api)),
        tools: render(tools::tools(api)),
        rereads: render(rereads::rereads(&api.operations)).replace("crate::", "dockwright::"),
    }
}

//! Lowers schemas to types. Each object with properties and each enumeration gets a name, an inline one after its
//! place.

use std::collections::{BTreeMap, BTreeSet};

use openapiv3::{AnySchema, ObjectType, ReferenceOr, Schema, SchemaKind, Type as SchemaType};

use super::names;
use super::objects::{object_in, only_part};
use super::words::{overlay_words, reference_words, words};
use crate::ir::{Integer, Lifetime, Measure, Shape, Type, TypeRef, Words};
use crate::overlay::Overlay;
use crate::problem::{Problems, join};

type Definitions = openapiv3::Components;

/// The types of an API so far.
pub struct Types<'a> {
    pub(super) definitions: &'a Definitions,
    overlay: &'a Overlay,
    pub problems: &'a mut Problems,
    lowered: BTreeMap<String, Type>,
    /// The names that the overlay replaced so far.
    pub(super) replaced: BTreeSet<String>,
    /// The pointers of all objects so far, also those in progress: an object may contain itself.
    pub(super) met: BTreeSet<String>,
}

/// The place of a schema: a name for the type that it may need, and its pointer.
#[derive(Clone)]
pub struct SchemaPlace {
    pub name: String,
    pub pointer: String,
}

impl SchemaPlace {
    pub fn new(name: impl Into<String>, pointer: impl Into<String>) -> Self {
        Self { name: name.into(), pointer: pointer.into() }
    }

    pub(super) fn property(&self, name: &str) -> Self {
        let pointer = join(&join(&self.pointer, "properties"), name);
        Self::new(format!("{}{}", self.name, names::type_name(name)), pointer)
    }

    pub(super) fn part(&self, suffix: &str, key: &str) -> Self {
        Self::new(format!("{}{suffix}", self.name), join(&self.pointer, key))
    }
}

impl<'a> Types<'a> {
    /// Lowers all definitions, also those that nothing refers to: an engine sends some of them.
    pub fn lower(definitions: &'a Definitions, overlay: &'a Overlay, problems: &'a mut Problems) -> Self {
        let mut types = Self {
            definitions,
            overlay,
            problems,
            lowered: BTreeMap::new(),
            replaced: BTreeSet::new(),
            met: BTreeSet::new(),
        };
        for (name, schema) in &definitions.schemas {
            types.define(name, schema);
        }
        types.break_circles();
        types
    }

    pub fn into_types(self) -> Vec<Type> {
        let said =
            |named: &Type| self.overlay.types.get(&named.name).map(|said| said.formerly.clone()).unwrap_or_default();
        self.lowered.into_values().map(|named| Type { formerly: said(&named), ..named }).collect()
    }

    pub fn get(&self, name: &str) -> Option<&Type> {
        self.lowered.get(name)
    }

    /// The name of the type of a definition.
    pub fn definition(&mut self, name: &str) -> String {
        self.chosen_name(names::definition(name))
    }

    /// The name that the overlay chooses for a type of this name.
    pub fn chosen_name(&mut self, name: String) -> String {
        let Some(chosen) = self.overlay.names.types.get(&name) else { return name };
        self.replaced.insert(name);
        chosen.clone()
    }

    /// The name that the setter of a property had.
    pub fn former_setter(&self, name: &str, property: &str) -> Option<String> {
        self.overlay.names.former_setters.get(&format!("{name}.{property}")).cloned()
    }

    /// The words of the overlay on a type.
    pub fn type_words(&self, name: &str) -> Option<Words> {
        overlay_words(self.overlay.types.get(name)?.words.as_ref())
    }

    /// The words of the overlay on a property.
    pub fn property_words(&self, name: &str, property: &str) -> Option<Words> {
        let said = self.overlay.types.get(name)?;
        overlay_words(said.properties.get(property)).or_else(|| reference_words(said.reference.get(property)))
    }

    /// The full sentences of the overlay on a property.
    pub fn property_sentences(&self, name: &str, property: &str) -> Option<&String> {
        self.overlay.sentences.of_property(name, property)
    }

    /// The unit of a property. An older description may have another name for its type.
    pub fn property_unit(&self, name: &str, property: &str) -> Option<Measure> {
        let Overlay { types, units, .. } = self.overlay;
        let now = || types.iter().find(|(_, said)| said.formerly.iter().any(|former| former == name));
        units.of(name, property).or_else(|| units.of(now()?.0, property))
    }

    /// The words of the overlay on a member of an enumeration, or its value.
    pub fn member_words(&self, name: &str, value: &str) -> Words {
        let ours = self.overlay.types.get(name).and_then(|said| reference_words(said.members.get(value)));
        words(ours, None, value)
    }

    /// True if there is a definition of this name.
    pub fn defines(&self, name: &str) -> bool {
        self.definitions.schemas.contains_key(name)
    }

    /// The schema behind references, also those with keys beside them: a number or a text may have a definition of its
    /// own.
    pub(super) fn behind<'b>(&self, schema: &'b ReferenceOr<Schema>) -> &'b ReferenceOr<Schema>
    where
        'a: 'b,
    {
        let mut behind = schema;
        // A circle of references must end.
        let mut met = BTreeSet::new();
        loop {
            let next = match behind {
                ReferenceOr::Reference { reference } if met.insert(reference) => {
                    definition_in(reference).and_then(|name| self.definitions.schemas.get(&name))
                }
                ReferenceOr::Reference { .. } => None,
                ReferenceOr::Item(schema) => only_part(schema),
            };
            match next {
                Some(next) => behind = next,
                None => return behind,
            }
        }
    }

    /// The type behind aliases; a cycle of aliases ends the search.
    pub fn resolved<'b>(&'b self, type_ref: &'b TypeRef) -> &'b TypeRef {
        let alias = |type_ref: &TypeRef| match type_ref {
            TypeRef::Named(name) => match &self.get(name)?.shape {
                Shape::Alias(target) => Some(target),
                _ => None,
            },
            _ => None,
        };
        let mut resolved = type_ref;
        for _ in 0..self.lowered.len() {
            match alias(resolved) {
                Some(target) => resolved = target,
                None => break,
            }
        }
        resolved
    }

    /// Adds a type; two types of one name are a problem.
    pub fn add(&mut self, added: Type) {
        match self.lowered.get(&added.name) {
            // Twins are one type.
            Some(first) if first.pointer != added.pointer && first.shape.is_alike(&added.shape) => {}
            Some(first) if first.pointer != added.pointer => {
                let what = format!("`{}` is also the name of the type at {}", added.name, first.pointer);
                self.problems.error(added.pointer, what, "name one of the two with `x-type-name` in a correction");
            }
            _ => drop(self.lowered.insert(added.name.clone(), added)),
        }
    }

    fn define(&mut self, definition: &str, schema: &ReferenceOr<Schema>) {
        let place = SchemaPlace::new(self.definition(definition), join("/components/schemas", definition));
        let made = self.type_of(schema, &place);
        // Structs and enumerations are added already; two definitions of one Rust name may be one type.
        let is_there = self.lowered.contains_key(&place.name) && made == TypeRef::Named(place.name.clone());
        if !is_there {
            let words = words(self.type_words(&place.name), prose(schema), definition);
            let SchemaPlace { name, pointer } = place;
            self.add(Type {
                name,
                pointer,
                words,
                shape: Shape::Alias(made),
                formerly: Vec::new(),
                sent: false,
                lifetime: Lifetime::default(),
            });
        }
    }

    /// Reports aliases of themselves, in lists and maps too, and makes them any JSON.
    fn break_circles(&mut self) {
        let names: Vec<_> = self.lowered.keys().cloned().collect();
        for name in names {
            let mut passed = BTreeSet::new();
            let mut next = Some(name.as_str());
            while let Some(Shape::Alias(target)) =
                next.and_then(|next| self.lowered.get(next)).map(|named| &named.shape)
            {
                if !passed.insert(next.map(str::to_owned)) {
                    break;
                }
                next = target.named();
            }
            let is_circle = next == Some(&name) && !passed.is_empty();
            if let Some(named) = self.lowered.get_mut(&name).filter(|_| is_circle) {
                let what = format!("`{name}` refers to itself");
                self.problems.error(&named.pointer, what, "describe what it is made of");
                named.shape = Shape::Alias(TypeRef::Value);
            }
        }
    }

    /// The type of a schema.
    pub fn type_of(&mut self, schema: &ReferenceOr<Schema>, place: &SchemaPlace) -> TypeRef {
        match schema {
            ReferenceOr::Reference { reference } => self.referred(reference, place),
            ReferenceOr::Item(schema) => {
                let named = schema.schema_data.extensions.get("x-type-name").and_then(|name| name.as_str());
                let name = named.map_or_else(|| place.name.clone(), names::definition);
                let chosen = self.overlay.names.types.get(&name).unwrap_or(&name).clone();
                let made = self.type_of_item(schema, &SchemaPlace::new(&chosen, &place.pointer));
                // A number or a text needs no name.
                if chosen != name && made == TypeRef::Named(chosen) {
                    self.replaced.insert(name);
                }
                made
            }
        }
    }

    /// The type of a list's item or a map's value, which may be null where the description says so.
    pub(super) fn inner_type_of(&mut self, schema: &ReferenceOr<Schema>, place: &SchemaPlace) -> Box<TypeRef> {
        let inner = self.type_of(schema, place);
        let nullable = matches!(schema, ReferenceOr::Item(schema) if schema.schema_data.nullable);
        Box::new(if nullable { TypeRef::Nullable(Box::new(inner)) } else { inner })
    }

    pub(super) fn referred(&mut self, reference: &str, place: &SchemaPlace) -> TypeRef {
        match definition_in(reference).filter(|name| self.defines(name)) {
            Some(name) => TypeRef::Named(self.definition(&name)),
            None => {
                let remedy = "add the definition or fix the reference";
                self.problems.error(&place.pointer, format!("`{reference}` is not defined"), remedy);
                TypeRef::Value
            }
        }
    }

    fn type_of_item(&mut self, schema: &Schema, place: &SchemaPlace) -> TypeRef {
        let unknown = match &schema.schema_kind {
            SchemaKind::Type(SchemaType::Boolean(_)) => return TypeRef::Boolean,
            SchemaKind::Type(SchemaType::Number(_)) => return TypeRef::Number,
            SchemaKind::Type(SchemaType::Integer(integer)) => return self.integer(integer, schema, place),
            SchemaKind::Type(SchemaType::String(string)) => return self.string(string, schema, place),
            SchemaKind::Type(SchemaType::Object(object)) => return self.object(object, schema, place),
            SchemaKind::Type(SchemaType::Array(array)) => {
                let Some(items) = &array.items else { return TypeRef::List(Box::new(TypeRef::Value)) };
                return TypeRef::List(self.inner_type_of(&items.clone().unbox(), &place.part("Item", "items")));
            }
            SchemaKind::AllOf { all_of } => return self.all_of(all_of, &ObjectType::default(), schema, place),
            SchemaKind::Any(any) => match any.typ.as_deref() {
                None | Some("object") => return self.any(any, schema, place),
                Some(scalar @ ("string" | "boolean" | "integer" | "number")) => return self.misfit(scalar, place),
                Some("array") => match &any.items {
                    Some(items) => {
                        let items = items.clone().unbox();
                        return TypeRef::List(self.inner_type_of(&items, &place.part("Item", "items")));
                    }
                    None => return TypeRef::List(Box::new(TypeRef::Value)),
                },
                Some(unknown) => unknown,
            },
            SchemaKind::OneOf { one_of } => return self.union("oneOf", one_of, place),
            SchemaKind::AnyOf { any_of } => return self.union("anyOf", any_of, place),
            SchemaKind::Not { .. } => return self.open("not", place),
        };
        let remedy = "describe one object with all properties, or leave the type open";
        self.problems.error(&place.pointer, format!("the type `{unknown}` is not supported"), remedy);
        TypeRef::Value
    }

    /// An object with keys beyond those of a struct: `extra` keeps the rest, or all of it is open.
    fn any(&mut self, any: &AnySchema, schema: &Schema, place: &SchemaPlace) -> TypeRef {
        let has_fields = !any.properties.is_empty() || !any.all_of.is_empty();
        match (&any.one_of[..], &any.any_of[..], &any.not) {
            ([], [], _) => {}
            _ if has_fields => {}
            (one_of @ [_, ..], ..) => return self.union("oneOf", one_of, place),
            (_, any_of, _) => return self.union("anyOf", any_of, place),
        }
        self.all_of(&any.all_of, &object_in(any), schema, place)
    }

    /// Lowers a choice of types to open JSON, unless it has one branch or all are text. A wrong guess between branches
    /// would lose the answer.
    fn union(&mut self, keyword: &str, branches: &[ReferenceOr<Schema>], place: &SchemaPlace) -> TypeRef {
        match branches {
            [only] => self.type_of(only, place),
            _ if branches.iter().all(is_text) => TypeRef::String,
            _ => self.open(keyword, place),
        }
    }

    fn open(&mut self, keyword: &str, place: &SchemaPlace) -> TypeRef {
        let remedy = "it becomes any JSON; describe one object with all properties for more";
        self.problems.warning(&place.pointer, format!("`{keyword}` is not one type in Rust"), remedy);
        TypeRef::Value
    }

    /// A scalar with keys that belong to other types, such as members that it cannot have.
    fn misfit(&mut self, scalar: &str, place: &SchemaPlace) -> TypeRef {
        let what = format!("keys beside `type: {scalar}` do not fit that type");
        self.problems.warning(&place.pointer, what, "they are ignored; correct them");
        match scalar {
            "boolean" => TypeRef::Boolean,
            "integer" => TypeRef::Integer(Integer::I64),
            "number" => TypeRef::Number,
            _ => TypeRef::String,
        }
    }

    pub(super) fn named(&mut self, shape: Shape, schema: &Schema, place: &SchemaPlace) -> TypeRef {
        let SchemaPlace { name, pointer } = place.clone();
        let words = words(self.type_words(&name), schema.schema_data.description.as_deref(), &name);
        self.add(Type {
            name: name.clone(),
            pointer,
            words,
            shape,
            formerly: Vec::new(),
            sent: false,
            lifetime: Lifetime::default(),
        });
        TypeRef::Named(name)
    }
}

/// The name of the definition that a reference leads to.
pub(super) fn definition_in(reference: &str) -> Option<String> {
    let name = reference.strip_prefix("#/components/schemas/")?;
    Some(name.replace("~1", "/").replace("~0", "~"))
}

pub(super) fn prose(schema: &ReferenceOr<Schema>) -> Option<&str> {
    schema.as_item().and_then(|schema| schema.schema_data.description.as_deref())
}

/// True for a schema of text.
pub fn is_text(schema: &ReferenceOr<Schema>) -> bool {
    matches!(schema, ReferenceOr::Item(schema) if matches!(schema.schema_kind, SchemaKind::Type(SchemaType::String(_))))
}

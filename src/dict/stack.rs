//! Several dictionaries as one: later ones add, override or silence entries of earlier ones.
//!
//! Invariant: an entity of the stack is named by its first appearance, so the ids of the lower
//! layers stay; labels and forms of later layers win over equal ones of earlier layers.

use std::collections::HashMap;

use super::dictionary::{Dictionary, Entity, Form};
use super::source::row::Role;
use crate::error::Result;
use crate::text::lang;

/// An entity of a stack: the layer and the index of its first appearance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntityRef {
    layer: u16,
    index: u32,
}

/// Dictionaries on top of each other, the first at the bottom.
#[derive(Debug, Clone, Default)]
pub struct Stack {
    layers: Vec<Dictionary>,
    /// Later appearances → first one.
    first: HashMap<EntityRef, EntityRef>,
    /// First appearance → later ones, bottom up.
    later: HashMap<EntityRef, Vec<EntityRef>>,
}

impl From<Dictionary> for Stack {
    fn from(dictionary: Dictionary) -> Self {
        Self::new(vec![dictionary])
    }
}

impl From<Vec<Dictionary>> for Stack {
    fn from(layers: Vec<Dictionary>) -> Self {
        Self::new(layers)
    }
}

impl Stack {
    /// A stack of `layers`, the first at the bottom. Entities are joined by their ids and
    /// `same_as`. Cost: a look-up in the lower layers for every id of the upper ones.
    pub fn new(layers: Vec<Dictionary>) -> Self {
        let mut stack = Self { layers: Vec::new(), first: HashMap::new(), later: HashMap::new() };
        for (layer, dictionary) in layers.into_iter().enumerate() {
            // The builder has joined the entities of one dictionary; only later layers can join more.
            let upper = if layer == 0 { None } else { Some(dictionary.entities()) };
            for entity in upper.into_iter().flatten() {
                let own = EntityRef { layer: layer as u16, index: entity.index() };
                let ids: Vec<&str> = std::iter::once(entity.id()).chain(entity.same_as()).collect();
                let mut roots: Vec<EntityRef> = ids.iter().flat_map(|id| stack.all_by_id(id)).collect();
                roots.sort_unstable();
                roots.dedup();
                if let Some((&root, others)) = roots.split_first() {
                    stack.join(own, root);
                    others.iter().for_each(|&other| stack.join(other, root));
                }
            }
            stack.layers.push(dictionary);
        }
        stack
    }

    /// Names `other` and all that it stood for by `root`.
    fn join(&mut self, other: EntityRef, root: EntityRef) {
        let mut moved = self.later.remove(&other).unwrap_or_default();
        moved.push(other);
        for entity in &moved {
            self.first.insert(*entity, root);
        }
        let list = self.later.entry(root).or_default();
        list.extend(moved);
        list.sort_unstable();
    }

    fn all_by_id(&self, id: &str) -> Vec<EntityRef> {
        self.layers
            .iter()
            .enumerate()
            .filter_map(|(layer, d)| d.entity_by_id(id).map(|e| self.resolve(layer, e.index())))
            .collect()
    }

    /// The dictionaries, bottom up.
    pub fn layers(&self) -> &[Dictionary] {
        &self.layers
    }

    /// The entity of the stack that entity `index` of layer `layer` belongs to.
    pub fn resolve(&self, layer: usize, index: u32) -> EntityRef {
        let own = EntityRef { layer: layer as u16, index };
        self.first.get(&own).copied().unwrap_or(own)
    }

    /// Whether it is the entity that stands for any in `never` forms.
    pub fn is_any(&self, entity: EntityRef) -> bool {
        self.layers.get(usize::from(entity.layer)).is_some_and(|d| d.any_entity() == entity.index)
    }

    /// Every appearance of an entity, bottom up.
    pub fn appearances(&self, entity: EntityRef) -> impl Iterator<Item = Entity<'_>> {
        std::iter::once(entity)
            .chain(self.later.get(&entity).into_iter().flatten().copied())
            .filter_map(|e| self.layers.get(usize::from(e.layer))?.entity(e.index))
    }

    /// The entity with `id` as its own or another id.
    pub fn by_id(&self, id: &str) -> Option<EntityRef> {
        self.all_by_id(id).into_iter().min()
    }

    /// Its id: the one of its first appearance.
    pub fn id(&self, entity: EntityRef) -> &str {
        self.appearances(entity).next().map_or("", |e| e.id())
    }

    /// Every id it has, its own first.
    pub fn ids(&self, entity: EntityRef) -> Vec<&str> {
        let mut ids: Vec<&str> = Vec::new();
        for id in self.appearances(entity).flat_map(|e| std::iter::once(e.id()).chain(e.same_as())) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }

    /// Its type, from the uppermost layer that states one.
    pub fn kind(&self, entity: EntityRef) -> &str {
        self.appearances(entity).map(|e| e.kind()).filter(|k| !k.is_empty()).last().unwrap_or("")
    }

    /// Its country, from the uppermost layer that states one.
    pub fn country(&self, entity: EntityRef) -> String {
        self.appearances(entity).map(|e| e.country()).filter(|c| !c.is_empty()).last().unwrap_or_default()
    }

    /// Its prominence, from the uppermost layer that states one.
    pub fn prior(&self, entity: EntityRef) -> f32 {
        self.appearances(entity).map(|e| e.prior()).filter(|&p| p > 0.0).last().unwrap_or(0.0)
    }

    /// Its forms, bottom up; a later layer may repeat a form with other attributes.
    pub fn forms(&self, entity: EntityRef) -> impl Iterator<Item = Form<'_>> {
        self.appearances(entity).flat_map(|e| e.forms())
    }

    /// Its form of `role` in exactly the language `lang`, from the uppermost layer that has one.
    pub fn form_of(&self, entity: EntityRef, lang: &str, role: Role) -> Option<Form<'_>> {
        self.forms(entity).filter(|f| f.lang() == lang && f.role() == role).last()
    }

    /// Its label: official in `lang`, else in the primary language of `lang`, else English, else
    /// the first official form, else the first form, else its id.
    pub fn label(&self, entity: EntityRef, lang: &str) -> &str {
        self.label_in(entity, lang)
            .or_else(|| self.label_in(entity, "en"))
            .or_else(|| self.forms(entity).find(|f| f.role() == Role::Official).map(|f| f.text()))
            .or_else(|| self.forms(entity).find(|f| f.role() != Role::Never).map(|f| f.text()))
            .unwrap_or_else(|| self.id(entity))
    }

    /// Its official form in `lang` or the primary language of `lang`.
    pub fn label_in(&self, entity: EntityRef, lang: &str) -> Option<&str> {
        self.form_of(entity, lang, Role::Official)
            .or_else(|| self.form_of(entity, lang::primary(lang), Role::Official))
            .map(|f| f.text())
    }

    /// Runs `read` so that a damaged layer that was opened trusted gives an error, not a panic.
    ///
    /// # Errors
    /// What `read` gives, or damage.
    pub fn guarded<T>(&self, read: impl FnOnce() -> Result<T>) -> Result<T> {
        match self.layers.iter().find(|d| d.is_trusted()) {
            Some(dictionary) => dictionary.guarded(read),
            None => read(),
        }
    }
}

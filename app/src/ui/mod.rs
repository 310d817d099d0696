//! The kit: the small parts of which every page is made.
//!
//! Parts take plain words and numbers, never the product's own types, read no clock and no locale, and write no inline
//! style (the Content-Security-Policy forbids it): what has a length is drawn by SVG attributes or `<progress>`.

mod badge;
mod button;
mod change;
mod choice;
mod code;
mod code_field;
#[cfg(test)]
mod contrast;
mod dialog;
mod environment;
mod field;
mod figure;
mod file_field;
mod file_text;
pub mod format;
mod gauge;
mod icon;
mod key_values;
mod keyboard;
mod labelled;
mod live;
mod notice;
mod page;
mod pager;
mod problem;
mod progress;
mod quantity;
mod rail;
mod score_bar;
mod skeleton;
mod sparkline;
mod states;
mod table;
mod tabs;
mod theme;
mod time;

pub use badge::{Badge, Count, Meaning, StatusIcon, Verdict, VerdictBadge};
pub use button::{Button, ButtonKind, LinkButton};
pub use change::Change;
pub use choice::{Checkbox, Choice, Select, TextArea};
pub use code::CodeBlock;
pub use code_field::{CodeEditor, CodeField};
pub use dialog::Dialog;
pub use environment::EnvironmentChip;
pub use field::{Field, FieldKind};
pub use figure::{Figure, chart_colour};
pub use file_field::FileField;
pub use file_text::FileText;
pub use gauge::{Gauge, GaugeSize};
pub use icon::{Icon, Symbol};
pub use key_values::{KeyValue, KeyValues};
pub use keyboard::Shortcuts;
pub use live::Live;
pub use notice::{Answer, Notice};
pub use page::{Crumb, Page, Panel, Section};
pub use pager::Pager;
pub use problem::{FormErrors, Problem, Typed};
pub use progress::{LiveProgress, Phase, Phases, ProgressFacts};
pub use quantity::Quantity;
pub use rail::{Place, Rail, Waiting};
pub use score_bar::ScoreBar;
pub use skeleton::{Skeleton, SkeletonShape};
pub use sparkline::Sparkline;
pub use states::{Denied, EmptyState, Failed, NotMeasured};
pub use table::{Cell, Column, HeadCell, Row, Table};
pub use tabs::{Tab, Tabs};
pub use theme::{SetTheme, Theme, ThemeSwitch};
pub use time::Time;

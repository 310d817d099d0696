//! The first owner, signing in, signing out.

mod calls;
mod page;

pub use calls::{CreateOwner, SignIn, SignOut, create_owner, first_run, sign_in, sign_out};
pub use page::{SignInPage, WelcomePage};

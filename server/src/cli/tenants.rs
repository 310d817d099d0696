//! `sbh tenants`

use super::{Failure, console::Console, terminal};
use crate::config::Config;
use clap::Subcommand;
use hub::{
    access::Actor,
    page::{MAX_LIMIT, PageRequest},
    tenants::{NewOrganisation, NewOwnerInvitation, Organisation, OwnerInvitation, Suspension, Tier, TierChange},
};

/// What to do with organisations. ORGANISATION is a slug or an id.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Makes an organisation; without a password, standard output is the link for its first owner, this once
    Create {
        /// What it is called
        #[arg(long)]
        name: String,
        /// What it is called in addresses; made of the name when left out
        #[arg(long)]
        slug: Option<String>,
        /// basic, professional or enterprise
        #[arg(long, default_value = "basic")]
        tier: String,
        /// The first owner's e-mail address
        #[arg(long)]
        email: String,
        /// The first owner's name, with a password; the address when left out
        #[arg(long, default_value = "")]
        owner_name: String,
        /// Read the first owner's password, 12 to 256 characters, from the first line of standard input
        #[arg(long)]
        password_stdin: bool,
    },
    /// Lists the organisations, newest first
    List,
    /// Keeps an organisation's people out, and lets its work wait
    Suspend {
        /// Its slug or id
        organisation: String,
        /// What its people are told
        #[arg(long)]
        reason: String,
    },
    /// Lets a suspended organisation's people in again
    Resume {
        /// Its slug or id
        organisation: String,
    },
    /// Gives an organisation another tier
    SetTier {
        /// Its slug or id
        organisation: String,
        /// basic, professional or enterprise
        tier: String,
    },
    /// Makes another link for the first owner; standard output is the link, this once
    InviteOwner {
        /// Its slug or id
        organisation: String,
        /// The owner's e-mail address
        #[arg(long)]
        email: String,
    },
    /// Decides that everything of an organisation goes, after TENANT_DELETION_GRACE_DAYS
    Delete {
        /// Its slug or id
        organisation: String,
    },
    /// Takes back that an organisation goes
    Restore {
        /// Its slug or id
        organisation: String,
    },
}

/// Carries the command out as the console of the organisation that runs the hub.
pub(super) async fn run(command: Command) -> Result<(), Failure> {
    let Console { hub, actor } = Console::open().await?;
    let tenants = hub.tenants();
    let id = async |named: &str| tenants.named(&actor, named).await.map(|organisation| organisation.id);
    let changed = match command {
        Command::Create { name, slug, tier, email, owner_name, password_stdin } => {
            let owner_password = if password_stdin { Some(terminal::line_of_stdin("--password-stdin")?) } else { None };
            let tier = tier.parse()?;
            let new = NewOrganisation { name, slug, tier, owner_email: email, owner_name, owner_password };
            let made = tenants.create(&actor, new).await?;
            match &made.invitation {
                Some(invitation) => show(&made.organisation.name, invitation)?,
                None => terminal::print(&line(&made.organisation)),
            }
            return Ok(());
        }
        Command::List => return list(&hub, &actor).await,
        Command::InviteOwner { organisation, email } => {
            let named = tenants.named(&actor, &organisation).await?;
            let made = tenants.invite_owner(&actor, named.id, NewOwnerInvitation { email }).await?;
            return show(&named.name, &made);
        }
        Command::Suspend { organisation, reason } => {
            tenants.suspend(&actor, id(&organisation).await?, Suspension { reason }).await?
        }
        Command::Resume { organisation } => tenants.resume(&actor, id(&organisation).await?).await?,
        Command::SetTier { organisation, tier } => {
            let tier: Tier = tier.parse()?;
            tenants.set_tier(&actor, id(&organisation).await?, TierChange { tier }).await?
        }
        Command::Delete { organisation } => tenants.delete(&actor, id(&organisation).await?).await?,
        Command::Restore { organisation } => tenants.restore(&actor, id(&organisation).await?).await?,
    };
    terminal::print(&line(&changed));
    Ok(())
}

async fn list(hub: &hub::Hub, actor: &Actor) -> Result<(), Failure> {
    let mut page = PageRequest { cursor: None, limit: Some(MAX_LIMIT) };
    loop {
        let part = hub.tenants().list(actor, &page).await?;
        terminal::print(&part.items.iter().map(line).collect::<String>());
        match part.next_cursor {
            Some(cursor) => page.cursor = Some(cursor),
            None => return Ok(()),
        }
    }
}

/// The link alone on standard output, for whoever sends it on.
fn show(organisation: &str, invitation: &OwnerInvitation) -> Result<(), Failure> {
    let public = Config::from_env()?.public_url;
    let origin = public.map_or_else(String::new, |url| url.origin().ascii_serialization());
    let until = invitation.expires_at.format("%Y-%m-%d %H:%M UTC");
    eprintln!("{} is invited to own {organisation}. The link works once, until {until}.", invitation.email);
    if origin.is_empty() {
        eprintln!("PUBLIC_URL is not set, so the link begins with the path.");
    }
    terminal::print(&format!("{origin}/invitation/{}\n", invitation.secret));
    Ok(())
}

fn line(organisation: &Organisation) -> String {
    let state = match (organisation.delete_after, &organisation.suspended_why) {
        _ if organisation.operates => "runs the hub".to_owned(),
        (Some(at), _) => format!("goes after {}", at.format("%Y-%m-%d %H:%M UTC")),
        (None, Some(why)) => format!("suspended: {why}"),
        (None, None) => organisation.state.as_str().to_owned(),
    };
    let Organisation { id, slug, name, tier, members, .. } = organisation;
    format!("{id}  {slug}  {name}  {tier}  {members} members  {state}\n")
}

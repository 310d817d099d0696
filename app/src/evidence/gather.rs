//! Reads what the pages of evidence show.

use super::view::{EvidenceList, PackView};
use crate::moment::Moment;
use hub::{
    Hub, Result,
    access::Actor,
    compliance::{EvidencePacket, EvidenceQuery},
    ids::EvidenceId,
};

/// Packs on one part of the list.
const PACKS: u32 = 25;

/// A part of the list of packs.
pub async fn list(hub: &Hub, actor: &Actor, cursor: Option<String>) -> Result<EvidenceList> {
    let page = hub.compliance().list(actor, &EvidenceQuery { cursor, limit: Some(PACKS), system_id: None }).await?;
    let mut packs = Vec::with_capacity(page.items.len());
    for packet in page.items {
        packs.push(view(hub, actor, packet).await?);
    }
    Ok(EvidenceList { packs, next: page.next_cursor })
}

/// One pack.
pub async fn pack(hub: &Hub, actor: &Actor, id: EvidenceId) -> Result<PackView> {
    view(hub, actor, hub.compliance().get(actor, id).await?).await
}

async fn view(hub: &Hub, actor: &Actor, packet: EvidencePacket) -> Result<PackView> {
    let made = Moment::of(packet.created_at, hub.platform().clock.now());
    let system = hub.systems().get(actor, packet.system_id).await?.system.name;
    let verdict = hub.gates().validation(actor, packet.validation_id).await?.verdict;
    Ok(PackView { packet, system, verdict, made })
}

//! What sends text messages, and to whom.

use super::{
    Secret, number,
    read::{Reader, Show, origin},
};
use hub::platform::sms::Sender;
use url::Url;

/// Where Twilio itself answers.
const TWILIO: &str = "https://api.twilio.com";
/// Most characters of an account, a token or a sender.
const TEXT_MAX: usize = 128;

/// `SMS_GATEWAY` and what belongs to it.
#[derive(Clone, Debug)]
pub struct Sms {
    /// What sends.
    pub gateway: SmsGateway,
    /// `SMS_ALLOWED_COUNTRIES`; none: all of them.
    pub allowed_countries: Vec<u16>,
    /// `SMS_TENANT_PER_HOUR`
    pub tenant_per_hour: u32,
}

/// What sends text messages.
#[derive(Clone, Debug)]
pub enum SmsGateway {
    /// Nothing.
    None,
    /// The log of a development hub.
    Console,
    /// Twilio, or what speaks as it does.
    Twilio {
        /// `SMS_TWILIO_URL`
        url: Url,
        /// `SMS_TWILIO_ACCOUNT_SID`
        account: String,
        /// `SMS_TWILIO_AUTH_TOKEN`
        token: Secret,
        /// `SMS_TWILIO_FROM` or `SMS_TWILIO_MESSAGING_SERVICE_SID`
        sender: Sender,
    },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    None,
    Console,
    Twilio,
}

pub(super) fn read(reader: &mut Reader<'_>) -> Option<Sms> {
    let kind = reader.read(("SMS_GATEWAY", "none"), (Show::Plain, "none, console or twilio"), kind);
    let url = reader.read(("SMS_TWILIO_URL", TWILIO), (Show::Plain, "an http or https URL without a path"), origin);
    let account = reader.optional("SMS_TWILIO_ACCOUNT_SID", (Show::Plain, "letters and digits"), word);
    let token = reader.optional("SMS_TWILIO_AUTH_TOKEN", (Show::Masked, "a text without blanks"), secret);
    let from = reader.optional(
        "SMS_TWILIO_FROM",
        (Show::Plain, "a number such as +15005550006, or a sender's name of up to 11 letters, digits and blanks"),
        from,
    );
    let service = reader.optional("SMS_TWILIO_MESSAGING_SERVICE_SID", (Show::Plain, "letters and digits"), word);
    let allowed_countries = reader.read(
        ("SMS_ALLOWED_COUNTRIES", ""),
        (Show::Plain, "country calling codes of 1 to 3 digits such as 49,43,41, or nothing for all"),
        countries,
    );
    let tenant_per_hour = number(reader, ("SMS_TENANT_PER_HOUR", "100"), 1..=10_000);
    let gateway = match kind? {
        Kind::None => SmsGateway::None,
        Kind::Console => SmsGateway::Console,
        // What is missing is told by `check`.
        Kind::Twilio => SmsGateway::Twilio {
            url: url?,
            account: account.unwrap_or_default(),
            token: token.unwrap_or(Secret(String::new())),
            sender: service.map(Sender::Service).or(from.map(Sender::From)).unwrap_or(Sender::From(String::new())),
        },
    };
    Some(Sms { gateway, allowed_countries: allowed_countries?, tenant_per_hour: tenant_per_hour? })
}

/// What can only be judged from several variables together.
pub(super) fn check(reader: &mut Reader<'_>, production: bool) {
    match reader.given("SMS_GATEWAY") {
        Some("console") if production => {
            let allowed = "none or twilio with ENVIRONMENT=production: the console shows codes to who reads the log";
            reader.fault("SMS_GATEWAY", Some("console".to_owned()), allowed);
        }
        Some("twilio") => {
            for name in ["SMS_TWILIO_ACCOUNT_SID", "SMS_TWILIO_AUTH_TOKEN"] {
                if reader.given(name).is_none() {
                    reader.fault(name, None, "what the gateway gave you, because SMS_GATEWAY=twilio");
                }
            }
            let senders = ["SMS_TWILIO_FROM", "SMS_TWILIO_MESSAGING_SERVICE_SID"];
            if senders.iter().filter(|name| reader.given(name).is_some()).count() != 1 {
                let allowed = "the one or the other of SMS_TWILIO_FROM and SMS_TWILIO_MESSAGING_SERVICE_SID, because SMS_GATEWAY=twilio";
                reader.fault("SMS_TWILIO_FROM", reader.given("SMS_TWILIO_FROM").map(str::to_owned), allowed);
            }
            let url = reader.given("SMS_TWILIO_URL").unwrap_or(TWILIO);
            if production && !url.starts_with("https:") {
                reader.fault("SMS_TWILIO_URL", Some(url.to_owned()), "an https URL with ENVIRONMENT=production");
            }
        }
        _ => {}
    }
}

fn kind(text: &str) -> Option<Kind> {
    match text {
        "none" => Some(Kind::None),
        "console" => Some(Kind::Console),
        "twilio" => Some(Kind::Twilio),
        _ => None,
    }
}

fn word(text: &str) -> Option<String> {
    (text.len() <= TEXT_MAX && text.bytes().all(|byte| byte.is_ascii_alphanumeric())).then(|| text.to_owned())
}

fn secret(text: &str) -> Option<Secret> {
    (text.len() <= TEXT_MAX && text.bytes().all(|byte| byte.is_ascii_graphic())).then(|| Secret(text.to_owned()))
}

/// A number in the form of E.164, a short code, or a name as networks show it (3GPP TS 23.038: eleven characters).
fn from(text: &str) -> Option<String> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let is_number = (3..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let is_name = text.len() <= 11 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b' ');
    (is_number || is_name).then(|| text.to_owned())
}

fn countries(text: &str) -> Option<Vec<u16>> {
    let code = |text: &str| {
        let is_code = (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|code: &u16| is_code && *code > 0)
    };
    text.split(',').map(str::trim).filter(|text| !text.is_empty()).map(code).collect()
}

//! The table `tenants`.

pub(crate) mod tenants {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "tenants")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub name: String,
        pub slug: Option<String>,
        pub created_at: chrono::DateTime<chrono::Utc>,
        pub sign_in_policy: Option<Json>,
        pub directory_roles: Option<Json>,
        /// Whether its owner runs the hub.
        pub operates: bool,
        pub tier: String,
        /// Quotas that differ from the tier's.
        pub quotas: Option<Json>,
        pub branding: Option<Json>,
        /// Settings of the hub that differ for this organisation.
        pub overrides: Option<Json>,
        pub suspended_at: Option<chrono::DateTime<chrono::Utc>>,
        pub suspended_why: Option<String>,
        /// When everything of it goes, where that was decided.
        pub delete_after: Option<chrono::DateTime<chrono::Utc>>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

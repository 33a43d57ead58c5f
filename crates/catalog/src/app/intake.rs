//! Files before and while they are read, as the pages know them.

use super::Products;
use crate::error::Error;
use contracts::catalog::uploads::{
    ErrorFile, FileCheck, FileDraft, FileState, Intake, Reading, UploadProgress,
};
use contracts::{Blob, Reply};
use kernel::{Ctx, ImportId, TenantId};

impl Products {
    /// How far an upload is.
    pub(crate) async fn progress(&self, tenant: TenantId, id: ImportId) -> Result<UploadProgress, Error> {
        let kept = self.kept_file(tenant, id).await?;
        let report = self.import_report(tenant, id).await?;
        let import = &report.import;
        let until = import.finished_at.unwrap_or_else(|| self.clock.now());
        let took_ms = (until - import.started_at).num_milliseconds().max(1);
        let is_over = import.state != "running";
        let percent = kept.map_or(0, |kept| 100 * kept.bytes_read / kept.bytes.max(1));
        Ok(UploadProgress {
            percent: if import.state == "finished" {
                100
            } else {
                u8::try_from(percent.clamp(0, 99)).unwrap_or(99)
            },
            rows_per_s: u64::try_from(import.rows_done.saturating_mul(1_000) / took_ms).unwrap_or(0),
            upload: {
                let mut upload = super::workbench::told(report);
                if !is_over {
                    upload.errors.clear();
                }
                upload
            },
        })
    }
}

impl Intake for Products {
    fn keep_file<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        name: String,
        bytes: Blob,
    ) -> Reply<'a, ImportId> {
        Box::pin(async move {
            let reader = std::io::Cursor::new(bytes.0);
            Ok(Self::keep_file(self, ctx, tenant, &name, reader).await?)
        })
    }

    fn file_draft<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        id: ImportId,
    ) -> Reply<'a, Option<FileDraft>> {
        Box::pin(async move { Ok(Self::file_draft(self, ctx, tenant, id).await?) })
    }

    fn file_state<'a>(
        &'a self,
        _ctx: &'a Ctx,
        tenant: TenantId,
        id: ImportId,
    ) -> Reply<'a, Option<(FileState, FileCheck)>> {
        Box::pin(async move {
            let file = self.kept_file(tenant, id).await?;
            Ok(file.map(|file| (file.state, file.check.unwrap_or_default())))
        })
    }

    fn set_reading<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        id: ImportId,
        reading: Reading,
    ) -> Reply<'a, ()> {
        Box::pin(async move { Ok(Self::set_reading(self, ctx, tenant, id, reading).await?) })
    }

    fn check_file<'a>(&'a self, ctx: &'a Ctx, tenant: TenantId, id: ImportId) -> Reply<'a, ()> {
        Box::pin(async move { Ok(Self::check_file(self, ctx, tenant, id).await?) })
    }

    fn start_file<'a>(&'a self, ctx: &'a Ctx, tenant: TenantId, id: ImportId) -> Reply<'a, ()> {
        Box::pin(async move { Ok(Self::start_file(self, ctx, tenant, id).await?) })
    }

    fn progress<'a>(&'a self, _ctx: &'a Ctx, tenant: TenantId, id: ImportId) -> Reply<'a, UploadProgress> {
        Box::pin(async move { Ok(Self::progress(self, tenant, id).await?) })
    }

    fn error_file<'a>(
        &'a self,
        _ctx: &'a Ctx,
        tenant: TenantId,
        id: ImportId,
        file: ErrorFile,
    ) -> Reply<'a, String> {
        Box::pin(async move { Ok(Self::error_file(self, tenant, id, file).await?) })
    }
}

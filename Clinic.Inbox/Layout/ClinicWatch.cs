using Clinic.Inbox.Data;
using Clinic.Inbox.Live;
using Microsoft.EntityFrameworkCore;

namespace Clinic.Inbox.Layout;

/// <summary>Follows the clinic's time zone and country when they are changed on another node.</summary>
internal sealed partial class ClinicWatch(
    Feed feed,
    IDbContextFactory<InboxDb> databases,
    ClinicClock clock,
    ClinicNumbers numbers,
    ILogger<ClinicWatch> log
) : BackgroundService
{
    private readonly SemaphoreSlim _changed = new(0, 1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var subscription = feed.Subscribe(change =>
        {
            if (change is InboxEvent.ClinicChanged or InboxEvent.CatchUp)
            {
                Note();
            }
        });
        while (!stoppingToken.IsCancellationRequested)
        {
            await _changed.WaitAsync(stoppingToken);
            try
            {
                await using var db = await databases.CreateDbContextAsync(stoppingToken);
                var clinic = await db.ClinicProfiles.AsNoTracking().SingleAsync(stoppingToken);
                clock.UseZone(clinic.TimeZone);
                numbers.UseRegion(clinic.Region);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                LogNotRead(failure);
            }
        }
    }

    public override void Dispose()
    {
        _changed.Dispose();
        base.Dispose();
    }

    private void Note()
    {
        try
        {
            _changed.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is about to look anyway.
        }
    }

    [LoggerMessage(LogLevel.Error, "The clinic's time zone and country could not be read anew")]
    private partial void LogNotRead(Exception failure);
}

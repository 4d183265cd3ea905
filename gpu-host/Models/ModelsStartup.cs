using Hybrid.GpuHost.Weights;

namespace Hybrid.GpuHost.Models;

/// <summary>
/// Fills the host when it starts: the highest version of every model that the source holds; when that one is broken, the next lower.
/// The server answers meanwhile and says that it is not ready.
/// </summary>
public sealed class ModelsStartup(
    IModelSource source, WeightsStaging staging, ModelLoader loader, ModelsState models, TimeProvider time, ILogger<ModelsStartup> logger)
    : BackgroundService
{
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var ids = await ListAsync(stoppingToken);
        foreach (var versions in ids.GroupBy(id => id.Name).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            await ServeHighestAsync(versions.Key, versions.OrderByDescending(id => id.Version), stoppingToken);
        }

        models.Complete();
    }

    // A host without models is of no use, so it never stops looking: storage may come up, or models be published, after it.
    private async Task<IReadOnlyList<ModelId>> ListAsync(CancellationToken cancellationToken)
    {
        var delay = TimeSpan.FromSeconds(1);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (await source.ListAsync(cancellationToken) is { Count: > 0 } ids)
                {
                    return ids;
                }

                Log.NoModels(logger, attempt);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                Log.SourceRetried(logger, attempt, SourceFailures.Reason(exception));
            }

            await Task.Delay(delay, time, cancellationToken);
            delay = delay * 2 < MaxDelay ? delay * 2 : MaxDelay;
        }
    }

    private async Task ServeHighestAsync(string name, IEnumerable<ModelId> versions, CancellationToken cancellationToken)
    {
        string? failure = null;
        foreach (var id in versions)
        {
            try
            {
                await ServeAsync(id, cancellationToken);
                break;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Log.ModelFailed(logger, id, exception.Message, exception);
                failure ??= $"version {id.Version}: {exception.Message}";
            }
        }

        if (failure is not null)
        {
            models.Fail(name, failure);
        }
    }

    private async Task ServeAsync(ModelId id, CancellationToken cancellationToken)
    {
        var files = await staging.StageAsync(id, cancellationToken);
        try
        {
            var begin = time.GetTimestamp();
            var model = await Task.Run(() => loader.Load(id, files.Folder), cancellationToken);
            model.Keep(files);
            models.Publish(model);
            Log.ModelPublished(logger, id, model.Description.Task, model.Engine.Device, time.GetElapsedTime(begin).TotalMilliseconds);
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }
}

using Azure.Storage.Blobs;
using Hybrid.Orchestrations.Activities;
using Hybrid.Orchestrations.Budgets;
using Hybrid.Orchestrations.Caching;
using Hybrid.Orchestrations.Caching.Memory;
using Hybrid.Orchestrations.Caching.Redis;
using Hybrid.Orchestrations.Caching.Tasks;
using Hybrid.Orchestrations.Caching.Versions;
using Hybrid.Orchestrations.Dispatch;
using Hybrid.Orchestrations.Dispatch.Hedging;
using Hybrid.Orchestrations.Pipelines;
using Hybrid.Orchestrations.Results;
using Hybrid.Orchestrations.Retrieval;
using Hybrid.Orchestrations.Storage;
using Hybrid.Orchestrations.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hybrid.Orchestrations;

/// <summary>The composition of this project.</summary>
public static class OrchestrationsServices
{
    /// <summary>Adds pipelines, activities, the pool of GPU hosts and retrieval, each with its checked options.</summary>
    public static IServiceCollection AddOrchestrations(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        // Who knows the tenants says so; without them all have one label.
        services.TryAddSingleton(new TenantLabels([]));
        return services
            .AddBudgets(configuration)
            .AddStorage(configuration)
            .AddDispatch(configuration)
            .AddCaching(configuration)
            .AddRetrieval(configuration)
            .AddPipelines(configuration);
    }

    private static IServiceCollection AddBudgets(this IServiceCollection services, IConfiguration configuration) =>
        services.AddCheckedOptions<BudgetOptions, BudgetOptionsValidator>(configuration, BudgetOptions.Section);

    private static IServiceCollection AddStorage(this IServiceCollection services, IConfiguration configuration) =>
        services.AddSingleton(_ => StorageAccount.CreateBlobs(configuration)).AddSingleton<ResultStore>();

    private static IServiceCollection AddDispatch(this IServiceCollection services, IConfiguration configuration) =>
        services
            .AddCheckedOptions<GpuPoolOptions, GpuPoolOptionsValidator>(configuration, GpuPoolOptions.Section)
            .AddSingleton<IValidateOptions<GpuPoolOptions>, GpuPoolHostsValidator>()
            .AddMetrics()
            .AddSingleton<PoolState>()
            .AddSingleton<HostTransport>()
            .AddSingleton<DispatchMetrics>()
            .AddSingleton<Hedges>()
            .AddSingleton<Dispatcher>()
            .AddSingleton(provider => new GpuPool(
                provider.GetRequiredService<PoolState>(),
                provider.GetRequiredService<Dispatcher>(),
                provider.GetRequiredService<HostTransport>()))
            .AddHostedService<HealthPoller>();

    private static IServiceCollection AddCaching(this IServiceCollection services, IConfiguration configuration) =>
        services
            .AddMetrics()
            .AddCheckedOptions<CachingOptions, CachingOptionsValidator>(configuration, CachingOptions.Section)
            .AddSingleton<IValidateOptions<CachingOptions>, RedisAddressValidator>()
            .AddSingleton<CachingMetrics>()
            .AddSingleton<MemoryTier>()
            .AddSingleton<RedisLink>()
            .AddSingleton<RedisTier>()
            .AddSingleton(typeof(TieredCache<>))
            .AddSingleton<ServedVersions>()
            .AddSingleton<CachedEmbedding>()
            .AddSingleton<CachedRerank>()
            .AddSingleton<CachedGeneration>()
            .AddSingleton(provider => new CachedTasks(
                provider.GetRequiredService<IOptions<CachingOptions>>(),
                provider.GetRequiredService<CachedEmbedding>(),
                provider.GetRequiredService<CachedRerank>(),
                provider.GetRequiredService<CachedGeneration>()))
            .AddSingleton(provider => new EndedRuns(
                provider.GetRequiredService<MemoryTier>(),
                provider.GetRequiredService<CachingMetrics>(),
                provider.GetRequiredService<IOptions<CachingOptions>>(),
                provider.GetRequiredService<TimeProvider>()))
            .AddHostedService<RedisMonitor>()
            .AddHostedService<VersionPoller>();

    private static IServiceCollection AddRetrieval(this IServiceCollection services, IConfiguration configuration) =>
        services
            .AddCheckedOptions<RetrievalOptions, RetrievalOptionsValidator>(configuration, RetrievalOptions.Section)
            .AddSingleton(provider => new CollectionStore(
                provider.GetRequiredService<BlobServiceClient>(),
                provider.GetRequiredService<IOptions<RetrievalOptions>>(),
                provider.GetRequiredService<IOptions<CachingOptions>>(),
                provider.GetRequiredService<CachingMetrics>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<CollectionStore>>()))
            .AddSingleton<CollectionIndexer>();

    private static IServiceCollection AddPipelines(this IServiceCollection services, IConfiguration configuration) =>
        services
            .AddCheckedOptions<RagOptions, RagOptionsValidator>(configuration, RagOptions.Section)
            .AddSingleton<RagRequests>()
            .AddSingleton<EmbedActivity>()
            .AddSingleton<RetrieveActivity>()
            .AddSingleton<RerankActivity>()
            .AddSingleton<GenerateActivity>()
            .AddSingleton<WriteResultActivity>()
            .AddSingleton<RunMetrics>();

    private static IServiceCollection AddCheckedOptions<TOptions, TValidator>(
        this IServiceCollection services, IConfiguration configuration, string section)
        where TOptions : class
        where TValidator : class, IValidateOptions<TOptions>
    {
        services.AddOptionsWithValidateOnStart<TOptions, TValidator>().Bind(configuration.GetSection(section));
        return services;
    }
}

using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;

namespace Hybrid.Infra.Tests.Settings;

/// <summary>Configuration that remembers which of its keys somebody asked for.</summary>
internal sealed class ReadKeys(IEnumerable<KeyValuePair<string, string?>> values) : IConfigurationSource
{
    private readonly ConcurrentDictionary<string, bool> _read = new(StringComparer.OrdinalIgnoreCase);

    public bool Contains(string key) => _read.ContainsKey(key);

    public IConfigurationProvider Build(IConfigurationBuilder builder) =>
        new Provider(new MemoryConfigurationSource { InitialData = values }, _read);

    private sealed class Provider(MemoryConfigurationSource source, ConcurrentDictionary<string, bool> read) : MemoryConfigurationProvider(source)
    {
        public override bool TryGet(string key, out string? value)
        {
            var found = base.TryGet(key, out value);
            if (found)
            {
                read[key] = true;
            }

            return found;
        }
    }
}

using System.Globalization;

namespace Hybrid.GpuHost.Models.Configuration;

/// <summary>All that is wrong with one configuration.</summary>
internal sealed class ConfigurationFaults
{
    private readonly List<(int Line, string What)> _faults = [];

    /// <param name="line">Where.</param>
    /// <param name="what">What is wrong, and the way out.</param>
    public void Add(int line, string what) => _faults.Add((line, what));

    /// <exception cref="InvalidDataException">There are some; every one stands in the message, in the file's order.</exception>
    public void ThrowIfAny(string file)
    {
        if (_faults.Count > 0)
        {
            throw new InvalidDataException(string.Join(
                ' ', _faults.OrderBy(fault => fault.Line).Select(fault => string.Create(CultureInfo.InvariantCulture, $"{file}, line {fault.Line}: {fault.What}"))));
        }
    }
}

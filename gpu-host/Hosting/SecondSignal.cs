using System.Runtime.InteropServices;

namespace Hybrid.GpuHost.Hosting;

/// <summary>The first Ctrl-C or SIGTERM drains the host, which is .NET's own doing; whoever sends a second one does not want to wait.</summary>
internal sealed class SecondSignal : IDisposable
{
    // As a shell counts a process that a signal ended.
    private const int SignalBase = 128;

    private readonly PosixSignalRegistration[] _registrations;
    private int _seen;

    public SecondSignal() => _registrations = [Register(PosixSignal.SIGINT, 2), Register(PosixSignal.SIGTERM, 15)];

    public void Dispose() => Array.ForEach(_registrations, registration => registration.Dispose());

    private PosixSignalRegistration Register(PosixSignal signal, int number) => PosixSignalRegistration.Create(signal, _ =>
    {
        if (Interlocked.Increment(ref _seen) > 1)
        {
            Environment.Exit(SignalBase + number);
        }
    });
}

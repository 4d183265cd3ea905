using System.Runtime.InteropServices;
using Hybrid.GpuHost.Execution;
using Microsoft.ML.OnnxRuntime;

namespace Hybrid.GpuHost.Tests.Execution;

public sealed partial class NativeSetupTests
{
    [Fact]
    public void OnnxRuntime_LoadedByAnyone_SendsNoTelemetry()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There it writes to the system's own event log.");

        // What native code sees; the host's module sets it before any of its types is used.
        _ = ExecutionDevice.Cpu;
        Assert.Equal("1", Marshal.PtrToStringUTF8(GetEnvironment("ORT_DISABLE_TELEMETRY")));

        // On Linux the runtime keeps what it has not sent yet in a database that it holds open.
        _ = OrtEnv.Instance().GetVersionString();
        if (OperatingSystem.IsLinux())
        {
            Assert.DoesNotContain("onnxruntime.db", File.ReadAllText("/proc/self/maps"), StringComparison.Ordinal);
        }
    }

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetEnvironment(string name);
}

using System.Linq.Expressions;
using System.Reflection;

namespace Hybrid.LocalHost.Invocation;

/// <summary>A function's method, compiled once: no reflection per call, and its exceptions arrive as they were thrown.</summary>
internal sealed class CompiledMethod
{
    private readonly Func<object?, object?[], object?> _call;
    private readonly Func<object?, ValueTask<object?>> _unwrap;
    private readonly ObjectFactory? _create;

    public CompiledMethod(MethodInfo method)
    {
        _call = CompileCall(method);
        _unwrap = Unwrapper(method.ReturnType);
        _create = method.IsStatic ? null : ActivatorUtilities.CreateFactory(method.DeclaringType!, []);
    }

    /// <summary>Makes the function's class from <paramref name="services"/>, calls the method and awaits what it returns.</summary>
    public async ValueTask<object?> InvokeAsync(IServiceProvider services, object?[] arguments)
    {
        var instance = _create?.Invoke(services, null);
        try
        {
            return await _unwrap(_call(instance, arguments));
        }
        finally
        {
            if (instance is IAsyncDisposable asynchronous)
                await asynchronous.DisposeAsync();
            else
                (instance as IDisposable)?.Dispose();
        }
    }

    private static Func<object?, object?[], object?> CompileCall(MethodInfo method)
    {
        var instance = Expression.Parameter(typeof(object));
        var arguments = Expression.Parameter(typeof(object?[]));
        var values = method.GetParameters().Select(
            (parameter, i) => Expression.Convert(Expression.ArrayIndex(arguments, Expression.Constant(i)), parameter.ParameterType));
        Expression call = Expression.Call(method.IsStatic ? null : Expression.Convert(instance, method.DeclaringType!), method, values);
        call = method.ReturnType == typeof(void)
            ? Expression.Block(call, Expression.Constant(null))
            : Expression.Convert(call, typeof(object));
        return Expression.Lambda<Func<object?, object?[], object?>>(call, instance, arguments).Compile();
    }

    private static Func<object?, ValueTask<object?>> Unwrapper(Type type)
    {
        if (type == typeof(Task))
            return static result => AwaitAsync((Task)result!);
        if (type == typeof(ValueTask))
            return static result => AwaitAsync(((ValueTask)result!).AsTask());
        if (!type.IsGenericType)
            return static result => ValueTask.FromResult(result);
        var open = type.GetGenericTypeDefinition();
        var name = open == typeof(Task<>) ? nameof(AwaitTaskOf) : open == typeof(ValueTask<>) ? nameof(AwaitValueTaskOf) : null;
        if (name is null)
            return static result => ValueTask.FromResult(result);
        return typeof(CompiledMethod)
            .GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(type.GetGenericArguments())
            .CreateDelegate<Func<object?, ValueTask<object?>>>();
    }

    private static async ValueTask<object?> AwaitAsync(Task task)
    {
        await task;
        return null;
    }

    private static async ValueTask<object?> AwaitTaskOf<T>(object? task) => await (Task<T>)task!;

    private static async ValueTask<object?> AwaitValueTaskOf<T>(object? task) => await (ValueTask<T>)task!;
}

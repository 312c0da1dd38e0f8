package s5.cli;

import s5.Devices;
import s5.config.Config;
import s5.config.ConfigLoader;
import s5.config.KernelForm;
import s5.config.Key;
import s5.config.Precision;
import s5.cpu.CpuBackend;
import s5.ops.Backend;
import s5.verify.Comparison;

import java.util.List;

/** Settings of a command that runs on a device without a config file. */
record DeviceSettings(
        @Key(value = "auto, cpu, gpu, cuda:N or opencl:N", unset = "auto") String device,
        @Key(value = "of matrix products on a GPU, and of activations", unset = "fp32")
                Precision precision,
        @Key(value = "tuned, or plain loops", unset = "tuned") KernelForm kernels,
        @Key(value = "CPU threads; 0: one for each core", unset = "0") int threads) {

    DeviceSettings {
        Config.checkDevice(device);
        Config.checkThreads(threads);
    }

    /**
     * Reads {@code key=value} words.
     *
     * @throws s5.UserError for another key or an impossible value
     */
    static DeviceSettings of(List<String> settings) {
        return ConfigLoader.options(DeviceSettings.class, settings);
    }

    Backend open() {
        return Devices.open(device, precision, kernels, threads);
    }

    /**
     * How far a comparison may be off: the CPU's tolerance; ten times that on other devices; with
     * TF32 the losses only, by 2e-3; with bfloat16 the losses by 1e-2 and predictions by 2e-2.
     */
    double tolerance(Comparison comparison, Backend backend) {
        if (precision == Precision.BF16) {
            return switch (comparison) {
                case LOSS, LOSSES -> 1e-2;
                case LOG_PROBS -> 2e-2;
                case GRADIENTS, PARAMETERS, EVALUATION -> Double.POSITIVE_INFINITY;
                case START, EIGENVECTORS -> 10 * comparison.tolerance();
            };
        }
        if (backend instanceof CpuBackend) {
            return comparison.tolerance();
        }
        if (precision == Precision.FP32) {
            return 10 * comparison.tolerance();
        }
        return comparison == Comparison.LOSS || comparison == Comparison.LOSSES
                ? 2e-3
                : Double.POSITIVE_INFINITY;
    }
}

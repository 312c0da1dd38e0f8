package s5.tornado.scan;

import s5.ops.Discretizer;
import s5.ops.Op;
import s5.ops.Poles;
import s5.ops.ScanOp;
import s5.ops.Tensor;
import s5.tornado.Launch;
import s5.tornado.Part;
import s5.tornado.Recorder;
import s5.tornado.Tasks;
import s5.tornado.TornadoFused;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

import java.util.List;

/** Discretization. It leaves factors for its adjoint, which need not compute them again. */
final class DiscretizeTasks {
    private DiscretizeTasks() {}

    static void discretize(ScanOp.Discretize op, Recorder recorder) {
        Tensor factors = factors(op.poles());
        recorder.add(
                op,
                t ->
                        add(
                                t,
                                op.poles(),
                                op.b(),
                                op.discretizer(),
                                op.lambdaBar(),
                                op.bBar(),
                                factors),
                factors);
    }

    private static Tensor factors(Poles poles) {
        return Tensor.scratch("factors", poles.re().size() * DiscretizeKernels.FACTORS);
    }

    /** The factors alone, for an adjoint whose discretization is not in the program. */
    private record Factors(Poles poles, Tensor b, Discretizer discretizer, Tensor factors)
            implements TornadoFused {
        @Override
        public String name() {
            return "discretize";
        }

        @Override
        public List<Tensor> reads() {
            return Op.present(poles.re(), poles.im(), poles.logStep(), b);
        }

        @Override
        public List<Tensor> writes() {
            return List.of(factors);
        }

        @Override
        public void plan(Recorder recorder) {
            recorder.add(this, t -> add(t, poles, b, discretizer, null, null, factors));
        }
    }

    /** One task for each array that the results, which may be null, are in. */
    private static void add(
            Tasks t,
            Poles poles,
            Tensor b,
            Discretizer discretizer,
            Tensor lambdaBar,
            Tensor bBar,
            Tensor factors) {
        int states = poles.re().size();
        String id = t.id();
        Part bar = t.part(lambdaBar);
        Part inputs = t.part(bBar);
        Part rest = t.part(factors);
        Part.together(
                (more, at) ->
                        t.graph.task(
                                t.loop(id + more, b.size() / 2),
                                DiscretizeKernels::discretizeStates,
                                t.array(poles.re()),
                                t.at(poles.re()),
                                t.array(poles.im()),
                                t.at(poles.im()),
                                t.array(poles.logStep()),
                                t.at(poles.logStep()),
                                t.array(b),
                                t.at(b),
                                discretizer.method() == Discretizer.Method.BILINEAR ? 1 : 0,
                                discretizer.clip() ? 1 : 0,
                                discretizer.stepRescale(),
                                at.array(),
                                at.at(bar),
                                at.at(inputs),
                                at.at(rest),
                                states,
                                b.dim(1)),
                bar,
                inputs,
                rest);
    }

    static void adjoint(ScanOp.DiscretizeAdjoint op, Recorder recorder) {
        Tensor factors = left(op, recorder);
        recorder.add(op, List.of(factors), t -> addAdjoint(t, op, factors));
    }

    /** The factors that the same discretization has left before, or else new ones. */
    private static Tensor left(ScanOp.DiscretizeAdjoint op, Recorder recorder) {
        for (Recorder.Planned before : recorder.planned().reversed()) {
            if (before.op() instanceof ScanOp.Discretize forward
                    && forward.poles().equals(op.poles())
                    && forward.discretizer().equals(op.discretizer())) {
                return before.temporaries().getFirst();
            }
        }
        Tensor factors = factors(op.poles());
        new Factors(op.poles(), op.b(), op.discretizer(), factors).plan(recorder);
        return factors;
    }

    /** One task for each array that the gradients are in. */
    private static void addAdjoint(Tasks t, ScanOp.DiscretizeAdjoint op, Tensor factors) {
        Poles poles = op.poles();
        int states = poles.re().size();
        String id = t.id();
        FloatArray parameters =
                Part.one(
                        t.part(poles.re()),
                        t.part(poles.im()),
                        t.part(poles.logStep()),
                        t.part(op.b()));
        FloatArray given = Part.one(t.part(op.dLambdaBar()), t.part(op.dBBar()));
        Part re = t.part(op.dPoles().re());
        Part im = t.part(op.dPoles().im());
        Part step = t.part(op.dPoles().logStep());
        Part inputs = t.part(op.dB());
        Part.together(
                (more, at) ->
                        t.graph.task(
                                t.id(id + more, new Launch(states, DiscretizeKernels.THREADS)),
                                DiscretizeKernels::discretizeBackward,
                                t.context,
                                parameters,
                                t.at(poles.re()),
                                t.at(poles.im()),
                                t.at(poles.logStep()),
                                t.at(op.b()),
                                op.discretizer().clip() ? 1 : 0,
                                op.discretizer().stepRescale(),
                                t.array(factors),
                                t.at(factors),
                                given,
                                t.at(op.dLambdaBar()),
                                t.at(op.dBBar()),
                                at.array(),
                                at.at(re),
                                at.at(im),
                                at.at(step),
                                at.at(inputs),
                                states,
                                op.b().dim(1)),
                re,
                im,
                step,
                inputs);
    }
}
